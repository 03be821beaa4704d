/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One end of a call.
 */
#include "session/media_session.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "base/timer.h"
#include "session/dtls_session.h"
#include "session/media_description.h"
#include "session/media_source.h"
#include "session/media_streams.h"
#include "session/srtp_session.h"
#include "stats/summary.h"

#define LARGEST_PACKET 1500
#define RTCP_INTERVAL MP_MSEC(500)
/* BYE may be lost, and nothing acknowledges it. */
#define BYE_REPEATS 3
/* Packets that the kernel need not stamp: DTLS, RTCP and BYE. */
#define UNRECORDED G_MAXUINT32
#define LARGEST_RATE_KBPS 100000
/* Ten minutes at the responder's 10 Mbps; a far end cannot make us grow without bound. */
#define MOST_ENTRIES 700000
#define MOST_ROUND_TRIPS 10000

/* Our streams: what the SDP and RTP call each. */
static const struct {
    guint8 payload_type;
    guint clock_rate;
} formats[MP_N_STREAMS] = {
    [MP_STREAM_AUDIO] = {MP_PAYLOAD_AUDIO, 48000},
    [MP_STREAM_VIDEO] = {MP_PAYLOAD_VIDEO, 90000},
    [MP_STREAM_ECHO] = {MP_PAYLOAD_ECHO, 48000},
};

typedef struct {
    guint32 ssrc;
    guint32 sequence; /* of the next packet */
    guint32 packets;
    guint32 octets;
    guint32 highest_reported;  /* of the far end's last report */
    guint32 packets_at_report; /* ours, when it came */
} Outgoing;

/* A protected packet that the way did not take. */
typedef struct {
    guint32 tag;
    gsize length;
    guint8 data[LARGEST_PACKET];
} Pending;

struct _MpMediaSession {
    MpMediaSessionConfig config;
    MpMediaInstants instants;
    MpIceSession *ice;
    MpDtlsIdentity *identity;
    MpDtlsSession *dtls;
    MpSrtpSession *srtp;
    MpMediaSource *source; /* NULL while not sending */
    MpMediaStreams *streams;
    MpMediaRecord *record;
    Outgoing outgoing[MP_N_STREAMS];
    guint32 peer_echo_ssrc;
    Pending *pending;         /* NULL: nothing waits */
    GArray *lateness;         /* double, ms: how late the timer was for each packet */
    GArray *rtcp_round_trips; /* MpTime */
    double reported_loss;     /* percent, of the far end's last report; -1: none */
    GSource *timer;
    MpTime rtcp_due;
};

static void changed(MpMediaSession *session, MpTime *instant)
{
    if (*instant)
        return;
    *instant = mp_clock_now();
    session->config.changed(session->config.user_data);
}

static void rearm(MpMediaSession *session)
{
    MpTime deadline = MP_NEVER;
    if (session->source)
        deadline = MIN(mp_media_source_deadline(session->source), session->rtcp_due);
    MpTime wait = session->dtls ? mp_dtls_session_wait(session->dtls) : MP_NEVER;
    if (wait != MP_NEVER)
        deadline = MIN(deadline, mp_clock_now() + wait);
    mp_timer_arm(session->timer, deadline);
}

/* Sending. */

static void send_datagram(const guint8 *data, gsize length, gpointer user_data)
{
    MpMediaSession *session = user_data;
    if (mp_ice_session_send(session->ice, data, length, UNRECORDED))
        mp_media_record_add_dtls(session->record->sent, data, length, mp_clock_realtime());
}

static gboolean flush_pending(MpMediaSession *session)
{
    Pending *pending = session->pending;
    if (!pending)
        return TRUE;
    if (!mp_ice_session_send(session->ice, pending->data, pending->length, pending->tag))
        return FALSE;
    g_array_index(session->record->sent, MpRecordEntry, pending->tag).time = mp_clock_realtime();
    g_clear_pointer(&session->pending, g_free);
    return TRUE;
}

static void send_protected(MpMediaSession *session, guint8 *packet, gsize length,
                           const Outgoing *stream)
{
    if (session->record->sent->len == MOST_ENTRIES ||
        !mp_srtp_session_protect(session->srtp, packet, &length))
        return;
    guint32 tag = session->record->sent->len;
    MpRecordEntry entry = {.ssrc = stream->ssrc,
                           .sequence = stream->sequence,
                           .size = (guint16)length,
                           .time = mp_clock_realtime()};
    g_array_append_val(session->record->sent, entry);
    if (mp_ice_session_send(session->ice, packet, length, tag))
        return;
    /* Once protected it must go out, or the far end loses the rollover count. */
    session->pending = g_new(Pending, 1);
    session->pending->tag = tag;
    session->pending->length = length;
    memcpy(session->pending->data, packet, length);
}

static void send_rtp(MpMediaSession *session, const MpMediaPacket *due)
{
    guint8 packet[LARGEST_PACKET] = {0};
    Outgoing *stream = &session->outgoing[due->kind];
    MpWriter writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    const MpRtpHeader header = {.marker = due->marker,
                                .payload_type = formats[due->kind].payload_type,
                                .sequence = (guint16)stream->sequence,
                                .timestamp = due->timestamp,
                                .ssrc = stream->ssrc};
    mp_rtp_write_header(&writer, &header);
    gsize payload = writer.position;
    if (due->kind == MP_STREAM_VIDEO)
        mp_writer_u32(&writer, mp_media_source_rate(session->source));
    mp_writer_zeros(&writer, due->payload_size - (writer.position - payload));
    g_assert(!writer.is_bad);

    send_protected(session, packet, writer.position, stream);
    stream->sequence++;
    stream->packets++;
    stream->octets += due->payload_size;
}

/* The answer to an echo request keeps its number, so that the record can join them. */
static void send_echo(MpMediaSession *session, guint32 sequence)
{
    if (session->pending)
        return;
    session->outgoing[MP_STREAM_ECHO].sequence = sequence;
    const MpMediaPacket reply = {.kind = MP_STREAM_ECHO, .payload_size = 32};
    send_rtp(session, &reply);
}

static void send_report(MpMediaSession *session, gboolean is_bye)
{
    const Outgoing *stream = &session->outgoing[MP_STREAM_AUDIO];
    MpTime now = mp_clock_realtime();
    MpRtcpReport report = {.ssrc = stream->ssrc,
                           .has_sender_info = TRUE,
                           .ntp_time = mp_rtcp_ntp_time(now),
                           .packet_count = stream->packets,
                           .octet_count = stream->octets,
                           .is_bye = is_bye};
    mp_media_streams_report(session->streams, now, &report);

    guint8 packet[LARGEST_PACKET];
    MpWriter writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    mp_rtcp_write(&writer, &report, "mediapath");
    gsize length = writer.position;
    if (!writer.is_bad && mp_srtp_session_protect_rtcp(session->srtp, packet, &length))
        mp_ice_session_send(session->ice, packet, length, UNRECORDED);
}

static void send_due(MpMediaSession *session, MpTime now)
{
    MpMediaPacket packet;
    if (!flush_pending(session)) {
        mp_media_source_skip(session->source, now);
        return;
    }
    while (!session->pending && mp_media_source_next(session->source, now, &packet)) {
        double late = mp_time_to_ms(now - packet.due);
        g_array_append_val(session->lateness, late);
        send_rtp(session, &packet);
    }
}

static void on_timer(MpTime now, gpointer user_data)
{
    MpMediaSession *session = user_data;
    if (session->dtls && mp_dtls_session_wait(session->dtls) == 0)
        mp_dtls_session_advance(session->dtls);
    if (session->source) {
        send_due(session, now);
        if (now >= session->rtcp_due) {
            session->rtcp_due = now + RTCP_INTERVAL;
            send_report(session, FALSE);
        }
    }
    rearm(session);
}

/* What the way did not take until the end has never left: it is not a lost packet. */
static void end_sending(MpMediaSession *session)
{
    g_clear_pointer(&session->source, mp_media_source_free);
    if (flush_pending(session))
        return;
    g_array_set_size(session->record->sent, session->pending->tag);
    g_clear_pointer(&session->pending, g_free);
}

/* Receiving. */

static void start_sending(MpMediaSession *session)
{
    const MpMediaSourceConfig config = {.start = mp_clock_now(),
                                        .video_kbps = session->config.video_kbps,
                                        .video_fps = session->config.video_fps,
                                        .sends_echo = session->config.is_offerer};
    session->source = mp_media_source_new(&config);
    session->rtcp_due = config.start + RTCP_INTERVAL;
}

static void on_dtls(MpMediaSession *session, const guint8 *data, gsize length)
{
    if (!session->dtls)
        return;
    mp_dtls_session_feed(session->dtls, data, length);
    MpDtlsState state = mp_dtls_session_state(session->dtls);
    if (state == MP_DTLS_CONNECTED && !session->srtp) {
        session->srtp = mp_srtp_session_new(session->dtls, session->config.is_offerer);
        if (session->srtp) {
            start_sending(session);
            changed(session, &session->instants.dtls_connected);
        }
    } else if (state == MP_DTLS_CLOSED) {
        changed(session, &session->instants.ended_by_peer);
    } else if (state == MP_DTLS_FAILED) {
        session->config.changed(session->config.user_data);
    }
    rearm(session);
}

static guint clock_rate_of(guint8 payload_type)
{
    return payload_type == MP_PAYLOAD_VIDEO ? 90000 : 48000;
}

static void follow_rate(MpMediaSession *session, MpBytes payload)
{
    MpReader reader = mp_reader_init(payload.data, payload.length);
    guint32 asked = mp_reader_u32(&reader);
    if (reader.is_bad || !session->source || asked == 0)
        return;
    mp_media_source_set_rate(session->source, MIN(asked, session->config.greatest_kbps));
}

static void on_rtp(MpMediaSession *session, guint8 *packet, gsize length, MpTime arrival,
                   gboolean is_kernel_stamped)
{
    gsize protected_length = length;
    MpRtpHeader header;
    MpBytes payload;
    if (!session->srtp || !mp_srtp_session_unprotect(session->srtp, packet, &length) ||
        !mp_rtp_parse(packet, length, &header, &payload) ||
        session->record->received->len == MOST_ENTRIES)
        return;
    MpRecordEntry entry = {.ssrc = header.ssrc,
                           .sequence = mp_media_streams_receive(session->streams, &header,
                                                                clock_rate_of(header.payload_type),
                                                                arrival),
                           .size = (guint16)protected_length,
                           .is_kernel_stamped = is_kernel_stamped,
                           .time = arrival};
    g_array_append_val(session->record->received, entry);
    changed(session, &session->instants.first_media);

    if (header.payload_type == MP_PAYLOAD_ECHO) {
        session->peer_echo_ssrc = header.ssrc;
        if (!session->config.is_offerer && session->source)
            send_echo(session, entry.sequence);
    } else if (header.payload_type == MP_PAYLOAD_VIDEO && !session->config.is_offerer) {
        follow_rate(session, payload);
    }
}

/* Between two reports: so many sent, and the highest number that came is the same. */
#define QUIET 10

/* A stream that is lost as a whole has no gap in what came: its report says that nothing is lost.
 */
static gboolean has_quiet_stream(MpMediaSession *session, const MpRtcpReport *report)
{
    gboolean is_quiet = FALSE;
    for (guint i = 0; i < MP_N_STREAMS; i++) {
        Outgoing *stream = &session->outgoing[i];
        guint32 highest = 0; /* not in the report: nothing came so far */
        for (guint j = 0; j < report->n_blocks; j++)
            if (report->blocks[j].ssrc == stream->ssrc)
                highest = report->blocks[j].highest_sequence;
        if (highest == stream->highest_reported &&
            stream->packets - stream->packets_at_report >= QUIET)
            is_quiet = TRUE;
        stream->highest_reported = highest;
        stream->packets_at_report = stream->packets;
    }
    return is_quiet;
}

static void take_blocks(MpMediaSession *session, const MpRtcpReport *report, MpTime arrival)
{
    guint worst = 0;
    for (guint i = 0; i < report->n_blocks; i++) {
        worst = MAX(worst, report->blocks[i].fraction_lost);
        MpTime round_trip = mp_rtcp_round_trip(&report->blocks[i], mp_rtcp_ntp_time(arrival));
        /* Every block carries the same LSR: one is enough. */
        if (i == 0 && round_trip >= 0 && session->rtcp_round_trips->len < MOST_ROUND_TRIPS)
            g_array_append_val(session->rtcp_round_trips, round_trip);
    }
    if (report->n_blocks > 0)
        session->reported_loss = has_quiet_stream(session, report) ? 100 : 100.0 * worst / 256;
}

static void on_rtcp(MpMediaSession *session, guint8 *packet, gsize length, MpTime arrival)
{
    MpRtcpReport report;
    if (!session->srtp || !mp_srtp_session_unprotect_rtcp(session->srtp, packet, &length) ||
        !mp_rtcp_parse(packet, length, &report))
        return;
    if (report.has_sender_info)
        mp_media_streams_note_sender_report(session->streams, report.ntp_time, arrival);
    take_blocks(session, &report, arrival);
    if (report.is_bye) {
        end_sending(session);
        changed(session, &session->instants.ended_by_peer);
    }
}

static void on_packet(const guint8 *data, gsize length, MpTime arrival, gboolean is_kernel_stamped,
                      gpointer user_data)
{
    MpMediaSession *session = user_data;
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    if (length > LARGEST_PACKET)
        return;
    memcpy(packet, data, length);
    switch (mp_packet_kind(packet, length)) {
    case MP_PACKET_DTLS:
        mp_media_record_add_dtls(session->record->received, packet, length, arrival);
        on_dtls(session, packet, length);
        break;
    case MP_PACKET_RTP:
        on_rtp(session, packet, length, arrival, is_kernel_stamped);
        break;
    case MP_PACKET_RTCP:
        on_rtcp(session, packet, length, arrival);
        break;
    default:
        break;
    }
}

static void on_sent(guint32 tag, MpTime left, gpointer user_data)
{
    MpMediaSession *session = user_data;
    if (tag >= session->record->sent->len)
        return;
    MpRecordEntry *entry = &g_array_index(session->record->sent, MpRecordEntry, tag);
    entry->time = left;
    entry->is_kernel_stamped = TRUE;
}

static void on_ice_changed(gpointer user_data)
{
    MpMediaSession *session = user_data;
    switch (mp_ice_session_state(session->ice)) {
    case MP_ICE_GATHERED:
        changed(session, &session->instants.gathered);
        break;
    case MP_ICE_CONNECTED:
        if (session->dtls && !session->instants.dtls_started) {
            session->instants.dtls_started = mp_clock_now();
            mp_dtls_session_start(session->dtls);
        }
        rearm(session);
        changed(session, &session->instants.ice_connected);
        break;
    case MP_ICE_FAILED:
        if (session->instants.ice_connected) {
            end_sending(session);
            changed(session, &session->instants.consent_lost);
        } else {
            session->config.changed(session->config.user_data);
        }
        break;
    default:
        break;
    }
}

MpMediaSession *mp_media_session_new(const MpMediaSessionConfig *config)
{
    MpMediaSession *session = g_new0(MpMediaSession, 1);
    session->config = *config;
    session->identity = mp_dtls_identity_new();
    session->streams = mp_media_streams_new();
    session->record = mp_media_record_new();
    session->lateness = g_array_new(FALSE, FALSE, sizeof(double));
    session->rtcp_round_trips = g_array_new(FALSE, FALSE, sizeof(MpTime));
    session->reported_loss = -1;
    for (guint i = 0; i < MP_N_STREAMS; i++)
        session->outgoing[i] = (Outgoing){.ssrc = mp_random_u32() | 1,
                                          .sequence = mp_random_u32() & 0x7fff};

    MpIceConfig ice = config->ice;
    ice.is_controlling = config->is_offerer;
    ice.callbacks = (MpIceCallbacks){on_ice_changed, on_packet, on_sent};
    ice.user_data = session;
    session->ice = mp_ice_session_new(&ice);
    session->timer = mp_timer_new(on_timer, session);
    if (session->timer) {
        g_source_set_priority(session->timer, G_PRIORITY_HIGH);
        g_source_attach(session->timer, g_main_context_get_thread_default());
        return session;
    }
    mp_media_session_free(session);
    return NULL;
}

void mp_media_session_free(MpMediaSession *session)
{
    if (!session)
        return;
    if (session->timer) {
        g_source_destroy(session->timer);
        g_source_unref(session->timer);
    }
    mp_ice_session_free(session->ice);
    mp_media_source_free(session->source);
    mp_srtp_session_free(session->srtp);
    mp_dtls_session_free(session->dtls);
    mp_dtls_identity_free(session->identity);
    mp_media_streams_free(session->streams);
    mp_media_record_free(session->record);
    g_array_unref(session->lateness);
    g_array_unref(session->rtcp_round_trips);
    g_free(session->pending);
    g_free(session);
}

gboolean mp_media_session_gather(MpMediaSession *session)
{
    return mp_ice_session_gather(session->ice);
}

/* Describing. */

static MpMediaDescription description_of(const MpMediaSession *session)
{
    return (MpMediaDescription){
        .ice = session->ice,
        .fingerprint = mp_dtls_identity_fingerprint(session->identity),
        .audio_ssrc = session->outgoing[MP_STREAM_AUDIO].ssrc,
        .video_ssrc = session->outgoing[MP_STREAM_VIDEO].ssrc,
        .video_codec = session->config.video_codec,
        .video_kbps = session->config.video_kbps,
        .video_fps = session->config.video_fps,
    };
}

char *mp_media_session_offer(MpMediaSession *session)
{
    const MpMediaDescription description = description_of(session);
    return mp_media_description_offer(&description);
}

static void begin_dtls(MpMediaSession *session, const MpSdp *peer)
{
    session->dtls = mp_dtls_session_new(session->identity, session->config.is_offerer,
                                        peer->fingerprint, send_datagram, session);
    if (!mp_ice_session_set_remote(session->ice, peer->ice_ufrag, peer->ice_pwd, peer->candidates))
        g_debug("the far end offered no candidate of its own");
}

char *mp_media_session_answer(MpMediaSession *session, const MpSdp *offer, GError **error)
{
    if (g_str_equal(offer->setup, "passive")) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "SDP: found a=setup:passive, expected actpass or active: the answerer waits");
        return NULL;
    }
    session->config.video_kbps = MIN(offer->video_kbps, session->config.greatest_kbps);
    session->config.video_fps = offer->video_kbps ? offer->video_fps : 30;
    const MpMediaDescription description = description_of(session);
    char *text = mp_media_description_answer(&description, offer);
    begin_dtls(session, offer);
    return text;
}

gboolean mp_media_session_accept(MpMediaSession *session, const MpSdp *answer, GError **error)
{
    if (!g_str_equal(answer->setup, "passive")) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "SDP: found a=setup:%s in the answer, expected passive (RFC 9725 section 4.3)",
                    answer->setup);
        return FALSE;
    }
    begin_dtls(session, answer);
    return TRUE;
}

/* Asking. */

const MpMediaInstants *mp_media_session_instants(const MpMediaSession *session)
{
    return &session->instants;
}

MpIceSession *mp_media_session_ice(MpMediaSession *session)
{
    return session->ice;
}

const MpDtlsSession *mp_media_session_dtls(const MpMediaSession *session)
{
    return session->dtls;
}

void mp_media_session_set_rate(MpMediaSession *session, guint video_kbps)
{
    session->reported_loss = -1;
    mp_media_streams_restart_loss(session->streams);
    if (session->source)
        mp_media_source_set_rate(session->source, video_kbps);
}

void mp_media_session_stop(MpMediaSession *session)
{
    if (!session->source)
        return;
    end_sending(session);
    for (guint i = 0; i < BYE_REPEATS; i++)
        send_report(session, TRUE);
    rearm(session);
}

double mp_media_session_loss_percent(const MpMediaSession *session)
{
    return MAX(mp_media_streams_loss_percent(session->streams), session->reported_loss);
}

const GArray *mp_media_session_rtcp_round_trips(const MpMediaSession *session)
{
    return session->rtcp_round_trips;
}

const MpMediaRecord *mp_media_session_record(MpMediaSession *session)
{
    MpMediaRecord *record = session->record;
    record->receive_overflows = mp_ice_session_overflows(session->ice);
    if (session->lateness->len > 0) {
        MpSummary late = mp_summary(&g_array_index(session->lateness, double, 0),
                                    session->lateness->len);
        record->timer_late_p50 = (MpTime)(late.p50 * 1e6);
        record->timer_late_p99 = (MpTime)(late.p99 * 1e6);
    }
    return record;
}

guint32 mp_media_session_echo_ssrc(const MpMediaSession *session, gboolean is_ours)
{
    return is_ours ? session->outgoing[MP_STREAM_ECHO].ssrc : session->peer_echo_ssrc;
}

void mp_media_session_close(MpMediaSession *session, void (*closed)(gpointer user_data),
                            gpointer user_data)
{
    g_clear_pointer(&session->source, mp_media_source_free);
    if (session->dtls)
        mp_dtls_session_close(session->dtls);
    mp_timer_arm(session->timer, MP_NEVER);
    mp_ice_session_close(session->ice, closed, user_data);
}
