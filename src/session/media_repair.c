/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks for what is missing.
 */
#include "session/media_repair.h"

#include "base/stream_spec.h"
#include "session/nack_list.h"
#include "session/ssrc_map.h"
#include "wire/rtcp_feedback.h"

typedef struct {
    guint32 ssrc;
    MpNackList *list;
} Stream;

struct _MpMediaRepair {
    MpSsrcMap map;
    Stream streams[MP_MOST_SPECS];
    guint n_streams;
    MpTime deadline;
};

MpMediaRepair *mp_media_repair_new(void)
{
    MpMediaRepair *repair = g_new0(MpMediaRepair, 1);
    repair->deadline = MP_NEVER;
    return repair;
}

void mp_media_repair_free(MpMediaRepair *repair)
{
    if (!repair)
        return;
    for (guint i = 0; i < repair->n_streams; i++)
        mp_nack_list_free(repair->streams[i].list);
    g_free(repair);
}

/* NULL: a stream too many. */
static MpNackList *list_of(MpMediaRepair *repair, guint32 ssrc)
{
    guint index;
    if (mp_ssrc_map_find(&repair->map, ssrc, &index))
        return repair->streams[index].list;
    if (repair->n_streams == MP_MOST_SPECS)
        return NULL;
    Stream *stream = &repair->streams[repair->n_streams];
    *stream = (Stream){ssrc, mp_nack_list_new()};
    mp_ssrc_map_add(&repair->map, ssrc, repair->n_streams++);
    return stream->list;
}

void mp_media_repair_note(MpMediaRepair *repair, guint32 ssrc, guint32 sequence, MpTime now)
{
    MpNackList *list = list_of(repair, ssrc);
    if (!list)
        return;
    mp_nack_list_note(list, sequence, now);
    repair->deadline = MIN(repair->deadline, mp_nack_list_deadline(list));
}

void mp_media_repair_note_rtx(MpMediaRepair *repair, guint32 rtx_ssrc, guint16 sequence)
{
    guint index;
    if (mp_ssrc_map_find(&repair->map, rtx_ssrc + 1, &index))
        mp_nack_list_note_repaired(repair->streams[index].list, sequence);
}

MpTime mp_media_repair_deadline(const MpMediaRepair *repair)
{
    return repair->deadline;
}

gboolean mp_media_repair_write(MpMediaRepair *repair, MpTime now, MpTime round_trip,
                               guint32 own_ssrc, MpWriter *writer)
{
    if (now < repair->deadline)
        return FALSE;
    MpTime deadline = MP_NEVER;
    for (guint i = 0; i < repair->n_streams; i++) {
        const Stream *stream = &repair->streams[i];
        guint16 lost[MP_RTCP_MOST_NACKED];
        const guint n = mp_nack_list_take(stream->list, now, round_trip, lost, MP_RTCP_MOST_NACKED);
        if (n > 0) {
            mp_rtcp_write_nack(writer, own_ssrc, stream->ssrc, lost, n);
            return TRUE;
        }
        deadline = MIN(deadline, mp_nack_list_deadline(stream->list));
    }
    repair->deadline = deadline;
    return FALSE;
}
