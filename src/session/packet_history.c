/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was sent a moment ago.
 */
#include "session/packet_history.h"

#define KEPT 1024
/* Browsers repeat a NACK after a round trip, and never sooner than this. */
#define LEAST_INTERVAL MP_MSEC(10)

typedef struct {
    MpRtpHeader header;
    guint8 *payload; /* NULL: free */
    gsize length;
    MpTime sent;
} Kept;

struct _MpPacketHistory {
    Kept kept[KEPT];
};

MpPacketHistory *mp_packet_history_new(void)
{
    return g_new0(MpPacketHistory, 1);
}

void mp_packet_history_free(MpPacketHistory *history)
{
    if (!history)
        return;
    for (guint i = 0; i < KEPT; i++)
        g_free(history->kept[i].payload);
    g_free(history);
}

void mp_packet_history_add(MpPacketHistory *history, const MpRtpHeader *header, MpBytes payload,
                           MpTime now)
{
    Kept *kept = &history->kept[header->sequence % KEPT];
    g_free(kept->payload);
    *kept = (Kept){.header = *header,
                   .payload = g_memdup2(payload.data, payload.length),
                   .length = payload.length,
                   .sent = now};
}

gboolean mp_packet_history_take(MpPacketHistory *history, guint16 sequence, MpTime now,
                                MpRtpHeader *header, MpBytes *payload)
{
    Kept *kept = &history->kept[sequence % KEPT];
    if (!kept->payload || kept->header.sequence != sequence || now - kept->sent < LEAST_INTERVAL)
        return FALSE;
    kept->sent = now;
    *header = kept->header;
    *payload = (MpBytes){kept->payload, kept->length};
    return TRUE;
}
