/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A capacity measurement on its way.
 */
#include "session/capacity_link.h"

#include <string.h>

#include "base/random.h"
#include "session/media_description.h"

#define LARGEST_PACKET 1500
/* Packets sent before others get their turn. */
#define BATCH 64
#define CNAME "mediapath"

struct _MpCapacityLink {
    MpMediaSend send;
    gpointer user_data;
    guint32 ssrc;
    guint16 sequence;
    MpCapacityFarEnd *far_end; /* NULL: takes no part in another's measurement */
    MpCapacityTester *tester;  /* NULL: none has begun here */
};

MpCapacityLink *mp_capacity_link_new(const MpCapacityLimits *limits, MpMediaSend send,
                                     gpointer user_data)
{
    MpCapacityLink *link = g_new0(MpCapacityLink, 1);
    link->send = send;
    link->user_data = user_data;
    link->ssrc = mp_random_u32() | 1;
    link->sequence = mp_random_u32() & 0x7fff;
    if (limits->greatest_bps > 0)
        link->far_end = mp_capacity_far_end_new(limits);
    return link;
}

void mp_capacity_link_free(MpCapacityLink *link)
{
    if (!link)
        return;
    mp_capacity_far_end_free(link->far_end);
    mp_capacity_tester_free(link->tester);
    g_free(link);
}

void mp_capacity_link_begin(MpCapacityLink *link, const MpCapacityConfig *config, MpTime now)
{
    mp_capacity_tester_free(link->tester);
    link->tester = mp_capacity_tester_new(config, now);
}

const MpCapacityTester *mp_capacity_link_tester(const MpCapacityLink *link)
{
    return link->tester;
}

void mp_capacity_link_take_train(MpCapacityLink *link, MpBytes payload, MpTime arrival, MpTime now)
{
    MpCapacityProbe probe;
    if (!mp_capacity_probe_parse(payload, &probe))
        return;
    if (link->tester)
        mp_capacity_tester_take_probe(link->tester, &probe, arrival, now);
    else if (link->far_end)
        mp_capacity_far_end_take_probe(link->far_end, &probe, arrival, now);
}

gboolean mp_capacity_link_note_dropped(MpCapacityLink *link, guint32 packets)
{
    if (!link->tester)
        return link->far_end && mp_capacity_far_end_note_dropped(link->far_end, packets);
    mp_capacity_tester_note_dropped(link->tester, packets);
    return !mp_capacity_tester_is_done(link->tester);
}

gboolean mp_capacity_link_take_app(MpCapacityLink *link, const MpRtcpApp *app, gsize size,
                                   MpTime now)
{
    MpCapacityOrder order;
    MpCapacityReport report;
    if (!app->data.data || !g_str_equal(app->name, MP_CAPACITY_APP))
        return FALSE;
    if (app->subtype == MP_CAPACITY_REPORT && link->tester &&
        mp_capacity_report_parse(app->data, &report))
        mp_capacity_tester_take_report(link->tester, &report, (guint)size, now);
    else if (app->subtype == MP_CAPACITY_ORDER && link->far_end &&
             mp_capacity_order_parse(app->data, &order))
        mp_capacity_far_end_take_order(link->far_end, &order, now);
    return TRUE;
}

static gboolean send_train_packet(MpCapacityLink *link, MpSrtpSession *srtp,
                                  const MpCapacityMessage *message)
{
    guint8 packet[LARGEST_PACKET] = {0};
    MpWriter writer = mp_writer_init(packet, MP_CAPACITY_MOST_SIZE);
    const MpRtpHeader header = {
        .payload_type = MP_PAYLOAD_PROBE, .sequence = link->sequence++, .ssrc = link->ssrc};
    mp_rtp_write_header(&writer, &header);
    mp_capacity_probe_write(&writer, &message->probe);
    gsize length = MAX(message->size, writer.position);
    return mp_srtp_session_protect(srtp, packet, &length) &&
           link->send(packet, length, MP_UNRECORDED, link->user_data);
}

static void send_app(const MpCapacityLink *link, MpSrtpSession *srtp,
                     const MpCapacityMessage *message)
{
    guint8 body[LARGEST_PACKET];
    MpWriter writer = mp_writer_init(body, sizeof body);
    MpRtcpReport compound = {.ssrc = link->ssrc, .app = {.name = MP_CAPACITY_APP}};
    if (message->kind == MP_CAPACITY_SENDS_ORDER) {
        mp_capacity_order_write(&writer, &message->order);
        compound.app.subtype = MP_CAPACITY_ORDER;
    } else {
        mp_capacity_report_write(&writer, &message->report);
        compound.app.subtype = MP_CAPACITY_REPORT;
    }
    compound.app.data = (MpBytes){body, writer.position};
    guint8 packet[LARGEST_PACKET];
    writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    mp_rtcp_write(&writer, &compound, CNAME);
    gsize length = writer.position;
    if (!writer.is_bad && mp_srtp_session_protect_rtcp(srtp, packet, &length))
        link->send(packet, length, MP_UNRECORDED, link->user_data);
}

static gboolean next_message(MpCapacityLink *link, MpTime now, MpCapacityMessage *message)
{
    return (link->tester && mp_capacity_tester_next(link->tester, now, message)) ||
           (link->far_end && mp_capacity_far_end_next(link->far_end, now, message));
}

static void put_back(MpCapacityLink *link, MpTime now)
{
    if (link->tester)
        mp_capacity_tester_put_back(link->tester, now);
    else
        mp_capacity_far_end_put_back(link->far_end, now);
}

void mp_capacity_link_advance(MpCapacityLink *link, MpSrtpSession *srtp, MpTime now)
{
    MpCapacityMessage message;
    for (guint i = 0; srtp && i < BATCH && next_message(link, now, &message); i++) {
        if (message.kind != MP_CAPACITY_SENDS_PROBE)
            send_app(link, srtp, &message);
        else if (!send_train_packet(link, srtp, &message))
            put_back(link, now);
    }
}

MpTime mp_capacity_link_deadline(const MpCapacityLink *link)
{
    const MpTime ours = link->tester ? mp_capacity_tester_deadline(link->tester) : MP_NEVER;
    const MpTime theirs = link->far_end ? mp_capacity_far_end_deadline(link->far_end) : MP_NEVER;
    return MIN(ours, theirs);
}
