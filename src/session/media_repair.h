/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks for what is missing in the streams that come in: generic NACK of RFC 4585, answered by
 * retransmissions of RFC 4588 in streams of their own. Pure.
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

typedef struct _MpMediaRepair MpMediaRepair;

MpMediaRepair *mp_media_repair_new(void);
void mp_media_repair_free(MpMediaRepair *repair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaRepair, mp_media_repair_free)

/* Retransmissions of a stream come under its SSRC less one: those of streams are odd. */
static inline guint32 mp_media_rtx_ssrc(guint32 ssrc)
{
    return ssrc - 1;
}

/* A packet of a stream that is repaired. */
void mp_media_repair_note(MpMediaRepair *repair, guint32 ssrc, guint32 sequence, MpTime now);
/* A retransmission; `sequence` is that of the packet that it brings again. */
void mp_media_repair_note_rtx(MpMediaRepair *repair, guint32 rtx_ssrc, guint16 sequence);

MpTime mp_media_repair_deadline(const MpMediaRepair *repair);
/* Appends NACKs of what is to be asked for now. FALSE: nothing is (any more). */
gboolean mp_media_repair_write(MpMediaRepair *repair, MpTime now, MpTime round_trip,
                               guint32 own_ssrc, MpWriter *writer);
