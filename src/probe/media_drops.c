/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Missing packets laid beside the moments in which a socket was full.
 */
#include "probe/media_drops.h"

typedef struct {
    MpTime least, greatest;
} Delays;

static Delays find_delays(const GArray *sent, const MpRecordIndex *received)
{
    Delays delays = {MP_NEVER, G_MININT64};
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *left = &g_array_index(sent, MpRecordEntry, i);
        const MpRecordEntry *came = mp_record_index_find(received, left->ssrc, left->sequence);
        if (!came)
            continue;
        delays.least = MIN(delays.least, came->time - left->time);
        delays.greatest = MAX(delays.greatest, came->time - left->time);
    }
    return delays;
}

static void mark(GByteArray *dropped, const GArray *sent, const MpRecordIndex *received,
                 const MpRecordDrop *drop, Delays delays)
{
    guint32 left_over = drop->packets;
    for (guint i = 0; i < sent->len && left_over > 0; i++) {
        const MpRecordEntry *left = &g_array_index(sent, MpRecordEntry, i);
        if (left->ssrc == MP_RECORD_DTLS || dropped->data[i] ||
            left->time + delays.least > drop->until || left->time + delays.greatest < drop->after ||
            mp_record_index_find(received, left->ssrc, left->sequence))
            continue;
        dropped->data[i] = 1;
        left_over--;
    }
}

GByteArray *mp_media_drops(const GArray *sent, const MpRecordIndex *received, const GArray *drops)
{
    GByteArray *dropped = g_byte_array_new();
    g_byte_array_set_size(dropped, sent->len);
    for (guint i = 0; i < sent->len; i++)
        dropped->data[i] = 0;
    const Delays delays = drops->len > 0 ? find_delays(sent, received) : (Delays){MP_NEVER, 0};
    for (guint i = 0; i < drops->len && delays.least != MP_NEVER; i++)
        mark(dropped, sent, received, &g_array_index(drops, MpRecordDrop, i), delays);
    return dropped;
}
