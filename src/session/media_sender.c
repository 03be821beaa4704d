/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What leaves one end of a call.
 */
#include "session/media_sender.h"

#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "session/media_description.h"
#include "session/media_wish.h"

#define LARGEST_PACKET 1500
#define RTCP_INTERVAL MP_MSEC(500)
#define ECHO_PAYLOAD 32
/* Ten minutes at the responder's 10 Mbps; a far end cannot make us grow without bound. */
#define MOST_ENTRIES 700000
#define MOST_ROUND_TRIPS 10000
/* Between two reports: so many sent, and the highest number that came is the same. */
#define QUIET 10

static const guint8 payload_types[MP_N_SPEC_KINDS] = {
    [MP_SPEC_AUDIO] = MP_PAYLOAD_AUDIO,
    [MP_SPEC_CAMERA] = MP_PAYLOAD_VIDEO,
    [MP_SPEC_SCREEN] = MP_PAYLOAD_SCREEN,
};

typedef struct {
    guint32 ssrc;
    guint8 payload_type;
    guint32 sequence; /* of the next packet */
    guint32 packets;
    guint32 octets;
    guint32 highest_reported;  /* of the far end's last report */
    guint32 packets_at_report; /* ours, when it came */
    gint32 lost_reported;      /* cumulative */
    guint32 highest_before;    /* the same two when the rate was set */
    gint32 lost_before;
} Outgoing;

/* A protected packet that the way did not take. */
typedef struct {
    guint32 tag;
    gsize length;
    guint8 data[LARGEST_PACKET];
} Pending;

struct _MpMediaSender {
    MpMediaRecord *record;
    MpMediaStreams *streams;
    MpMediaSend send;
    gpointer user_data;
    GArray *specs;         /* MpStreamSpec */
    MpSrtpSession *srtp;   /* NULL: not started */
    MpMediaSource *source; /* NULL while not sending */
    guint set;
    double scale;
    gboolean sends_echo;
    gboolean is_held;
    MpTime rtcp_due;
    Outgoing outgoing[MP_MOST_STREAMS]; /* echoes, then one for each of specs */
    Pending *pending;                   /* NULL: nothing waits */
    GArray *lateness;                   /* double, ms */
    GArray *round_trips;                /* MpTime */
    double reported_loss;
    double tier_scale; /* the last scale above 0 */
};

static Outgoing new_outgoing(guint8 payload_type)
{
    const guint32 sequence = mp_random_u32() & 0x7fff;
    return (Outgoing){.ssrc = mp_random_u32() | 1,
                      .payload_type = payload_type,
                      .sequence = sequence,
                      .highest_reported = sequence - 1,
                      .highest_before = sequence - 1};
}

MpMediaSender *mp_media_sender_new(MpMediaRecord *record, MpMediaStreams *streams, MpMediaSend send,
                                   gpointer user_data)
{
    MpMediaSender *sender = g_new0(MpMediaSender, 1);
    sender->record = record;
    sender->streams = streams;
    sender->send = send;
    sender->user_data = user_data;
    sender->lateness = g_array_new(FALSE, FALSE, sizeof(double));
    sender->round_trips = g_array_new(FALSE, FALSE, sizeof(MpTime));
    sender->specs = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    sender->reported_loss = -1;
    sender->scale = sender->tier_scale = 1;
    sender->outgoing[MP_STREAM_ECHO] = new_outgoing(MP_PAYLOAD_ECHO);
    return sender;
}

void mp_media_sender_free(MpMediaSender *sender)
{
    if (!sender)
        return;
    mp_media_source_free(sender->source);
    g_array_unref(sender->specs);
    g_array_unref(sender->lateness);
    g_array_unref(sender->round_trips);
    g_free(sender->pending);
    g_free(sender);
}

void mp_media_sender_describe(MpMediaSender *sender, const GArray *specs)
{
    g_return_if_fail(!sender->source && specs->len <= MP_MOST_SPECS);
    g_array_set_size(sender->specs, 0);
    g_array_append_vals(sender->specs, specs->data, specs->len);
    for (guint i = 0; i < specs->len; i++)
        sender->outgoing[i + 1] = new_outgoing(
            payload_types[g_array_index(specs, MpStreamSpec, i).kind]);
}

guint32 mp_media_sender_ssrc(const MpMediaSender *sender, guint stream)
{
    return sender->outgoing[stream].ssrc;
}

guint32 mp_media_sender_first_ssrc(const MpMediaSender *sender, MpSpecKind kind)
{
    for (guint i = 0; i < sender->specs->len; i++)
        if (g_array_index(sender->specs, MpStreamSpec, i).kind == kind)
            return sender->outgoing[i + 1].ssrc;
    return 0;
}

static void begin_set(MpMediaSender *sender, guint set, MpTime now)
{
    const MpMediaSourceConfig config = {.start = now,
                                        .specs = sender->specs,
                                        .set = set,
                                        .scale = sender->scale,
                                        .sends_echo = sender->sends_echo,
                                        .seed = mp_random_u32()};
    mp_media_source_free(sender->source);
    sender->source = mp_media_source_new(&config);
    sender->set = set;
}

void mp_media_sender_start(MpMediaSender *sender, MpSrtpSession *srtp, MpTime start,
                           gboolean sends_echo)
{
    sender->srtp = srtp;
    sender->sends_echo = sends_echo;
    sender->rtcp_due = start + RTCP_INTERVAL;
    begin_set(sender, 0, start);
}

gboolean mp_media_sender_is_sending(const MpMediaSender *sender)
{
    return sender->source != NULL;
}

MpTime mp_media_sender_deadline(const MpMediaSender *sender)
{
    return sender->source ? MIN(mp_media_source_deadline(sender->source), sender->rtcp_due)
                          : MP_NEVER;
}

static gboolean flush_pending(MpMediaSender *sender)
{
    Pending *pending = sender->pending;
    if (!pending)
        return TRUE;
    if (!sender->send(pending->data, pending->length, pending->tag, sender->user_data))
        return FALSE;
    g_array_index(sender->record->sent, MpRecordEntry, pending->tag).time = mp_clock_realtime();
    g_clear_pointer(&sender->pending, g_free);
    return TRUE;
}

static void send_protected(MpMediaSender *sender, guint8 *packet, gsize length,
                           const Outgoing *stream)
{
    if (sender->record->sent->len == MOST_ENTRIES ||
        !mp_srtp_session_protect(sender->srtp, packet, &length))
        return;
    guint32 tag = sender->record->sent->len;
    MpRecordEntry entry = {.ssrc = stream->ssrc,
                           .sequence = stream->sequence,
                           .size = (guint16)length,
                           .time = mp_clock_realtime()};
    g_array_append_val(sender->record->sent, entry);
    if (sender->send(packet, length, tag, sender->user_data))
        return;
    /* Once protected it must go out, or the far end loses the rollover count. */
    sender->pending = g_new(Pending, 1);
    sender->pending->tag = tag;
    sender->pending->length = length;
    memcpy(sender->pending->data, packet, length);
}

static void send_rtp(MpMediaSender *sender, const MpMediaPacket *due)
{
    guint8 packet[LARGEST_PACKET] = {0};
    Outgoing *stream = &sender->outgoing[due->stream];
    MpWriter writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    const MpRtpHeader header = {.marker = due->marker,
                                .payload_type = stream->payload_type,
                                .sequence = (guint16)stream->sequence,
                                .timestamp = due->timestamp,
                                .ssrc = stream->ssrc};
    mp_rtp_write_header(&writer, &header);
    gsize payload = writer.position;
    if (due->stream == MP_STREAM_ECHO && sender->sends_echo)
        mp_media_wish_write(&writer, (MpMediaWish){sender->set, sender->scale});
    mp_writer_zeros(&writer, due->payload_size - (writer.position - payload));
    g_assert(!writer.is_bad);

    send_protected(sender, packet, writer.position, stream);
    stream->sequence++;
    stream->packets++;
    stream->octets += due->payload_size;
}

void mp_media_sender_echo(MpMediaSender *sender, guint32 sequence)
{
    if (!sender->source || sender->is_held || sender->pending)
        return;
    sender->outgoing[MP_STREAM_ECHO].sequence = sequence;
    const MpMediaPacket reply = {.stream = MP_STREAM_ECHO, .payload_size = ECHO_PAYLOAD};
    send_rtp(sender, &reply);
}

void mp_media_sender_report(MpMediaSender *sender, gboolean is_bye)
{
    const Outgoing *stream = &sender->outgoing[sender->specs->len > 0 ? 1 : MP_STREAM_ECHO];
    MpTime now = mp_clock_realtime();
    MpRtcpReport report = {.ssrc = stream->ssrc,
                           .has_sender_info = TRUE,
                           .ntp_time = mp_rtcp_ntp_time(now),
                           .packet_count = stream->packets,
                           .octet_count = stream->octets,
                           .is_bye = is_bye};
    mp_media_streams_report(sender->streams, now, &report);

    guint8 packet[LARGEST_PACKET];
    MpWriter writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    mp_rtcp_write(&writer, &report, "mediapath");
    gsize length = writer.position;
    if (!writer.is_bad && mp_srtp_session_protect_rtcp(sender->srtp, packet, &length))
        sender->send(packet, length, MP_UNRECORDED, sender->user_data);
}

static void send_due(MpMediaSender *sender, MpTime now)
{
    MpMediaPacket packet;
    if (sender->is_held || !flush_pending(sender)) {
        mp_media_source_skip(sender->source, now);
        return;
    }
    while (!sender->pending && mp_media_source_next(sender->source, now, &packet)) {
        double late = mp_time_to_ms(now - packet.due);
        g_array_append_val(sender->lateness, late);
        send_rtp(sender, &packet);
    }
}

void mp_media_sender_advance(MpMediaSender *sender, MpTime now)
{
    if (!sender->source)
        return;
    send_due(sender, now);
    if (now < sender->rtcp_due)
        return;
    sender->rtcp_due = now + RTCP_INTERVAL;
    if (!sender->is_held)
        mp_media_sender_report(sender, FALSE);
}

void mp_media_sender_hold(MpMediaSender *sender, gboolean is_held)
{
    sender->is_held = is_held;
}

/* What the way did not take until the end has never left: it is not a lost packet. */
void mp_media_sender_end(MpMediaSender *sender)
{
    g_clear_pointer(&sender->source, mp_media_source_free);
    if (flush_pending(sender))
        return;
    g_array_set_size(sender->record->sent, sender->pending->tag);
    g_clear_pointer(&sender->pending, g_free);
}

static void forget_loss(MpMediaSender *sender)
{
    for (guint i = 0; i <= sender->specs->len; i++) {
        Outgoing *stream = &sender->outgoing[i];
        stream->highest_before = stream->highest_reported;
        stream->lost_before = stream->lost_reported;
    }
    sender->reported_loss = -1;
}

void mp_media_sender_set_scale(MpMediaSender *sender, double scale, MpTime now)
{
    sender->scale = CLAMP(scale, 0, 1);
    if (scale > 0 && sender->scale != sender->tier_scale) {
        sender->tier_scale = sender->scale;
        forget_loss(sender);
    }
    if (sender->source)
        mp_media_source_set_scale(sender->source, sender->scale, now);
}

double mp_media_sender_scale(const MpMediaSender *sender)
{
    return sender->scale;
}

void mp_media_sender_change_set(MpMediaSender *sender, guint set, MpTime now)
{
    forget_loss(sender);
    if (sender->source)
        begin_set(sender, set, now);
}

guint mp_media_sender_set(const MpMediaSender *sender)
{
    return sender->set;
}

void mp_media_sender_stamp(MpMediaSender *sender, guint32 tag, MpTime left)
{
    if (tag >= sender->record->sent->len)
        return;
    MpRecordEntry *entry = &g_array_index(sender->record->sent, MpRecordEntry, tag);
    entry->time = left;
    entry->is_kernel_stamped = TRUE;
}

/* A stream that is lost as a whole has no gap in what came: its report says that nothing is lost.
 */
static gboolean has_quiet_stream(MpMediaSender *sender, const MpRtcpReport *report)
{
    gboolean is_quiet = FALSE;
    for (guint i = 0; i <= sender->specs->len; i++) {
        Outgoing *stream = &sender->outgoing[i];
        const guint32 highest_before = stream->highest_reported;
        for (guint j = 0; j < report->n_blocks; j++)
            if (report->blocks[j].ssrc == stream->ssrc) {
                stream->highest_reported = report->blocks[j].highest_sequence;
                stream->lost_reported = report->blocks[j].cumulative_lost;
            }
        if (stream->highest_reported == highest_before &&
            stream->packets - stream->packets_at_report >= QUIET)
            is_quiet = TRUE;
        stream->packets_at_report = stream->packets;
    }
    return is_quiet;
}

/* Of all that was sent since the rate was set, as far as the reports go; -1: nothing. */
static double loss_since_rate(const MpMediaSender *sender)
{
    double asked = 0;
    double lost = 0;
    for (guint i = 0; i <= sender->specs->len; i++) {
        const Outgoing *stream = &sender->outgoing[i];
        asked += stream->highest_reported - stream->highest_before;
        lost += stream->lost_reported - stream->lost_before;
    }
    return asked > 0 ? 100 * MAX(lost, 0) / asked : -1;
}

void mp_media_sender_take_report(MpMediaSender *sender, const MpRtcpReport *report, MpTime arrival)
{
    for (guint i = 0; i < report->n_blocks; i++) {
        MpTime round_trip = mp_rtcp_round_trip(&report->blocks[i], mp_rtcp_ntp_time(arrival));
        /* Every block carries the same LSR: one is enough. */
        if (i == 0 && round_trip >= 0 && sender->round_trips->len < MOST_ROUND_TRIPS)
            g_array_append_val(sender->round_trips, round_trip);
    }
    /* A far end that got nothing at all has no blocks to send. */
    if (has_quiet_stream(sender, report))
        sender->reported_loss = 100;
    else
        sender->reported_loss = loss_since_rate(sender);
}

double mp_media_sender_reported_loss(const MpMediaSender *sender)
{
    return sender->reported_loss;
}

const GArray *mp_media_sender_round_trips(const MpMediaSender *sender)
{
    return sender->round_trips;
}

const GArray *mp_media_sender_lateness(const MpMediaSender *sender)
{
    return sender->lateness;
}
