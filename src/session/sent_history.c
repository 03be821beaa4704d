/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one stream sent last.
 */
#include "session/sent_history.h"

/* libwebrtc, rtp_packet_history.cc: a second, or three round trips if that is longer. */
#define LEAST_AGE MP_SEC(1)
#define ROUND_TRIPS 3
/* A second of 10 Mbps. A power of two. */
#define MOST_PACKETS 1024

struct _MpSentHistory {
    MpSentPacket packets[MOST_PACKETS]; /* by number; payload_size 0: none */
};

MpSentHistory *mp_sent_history_new(void)
{
    return g_new0(MpSentHistory, 1);
}

void mp_sent_history_free(MpSentHistory *history)
{
    g_free(history);
}

void mp_sent_history_add(MpSentHistory *history, const MpSentPacket *packet)
{
    history->packets[packet->sequence % MOST_PACKETS] = *packet;
}

const MpSentPacket *mp_sent_history_take(MpSentHistory *history, guint16 sequence, MpTime now,
                                         MpTime round_trip)
{
    MpSentPacket *packet = &history->packets[sequence % MOST_PACKETS];
    const MpTime age = now - packet->sent;
    if (packet->payload_size == 0 || (guint16)packet->sequence != sequence ||
        (packet->was_repeated && age < round_trip) ||
        age > MAX(LEAST_AGE, ROUND_TRIPS * round_trip))
        return NULL;
    packet->sent = now;
    packet->was_repeated = TRUE;
    return packet;
}
