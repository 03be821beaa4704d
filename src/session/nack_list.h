/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which packets of one incoming stream are missing, and when to ask for them: at once when a gap
 * shows, again after a round trip, ten times at most, as libwebrtc does. Pure.
 */
#pragma once

#include "base/time.h"

typedef struct _MpNackList MpNackList;

MpNackList *mp_nack_list_new(void);
void mp_nack_list_free(MpNackList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpNackList, mp_nack_list_free)

/* A packet came, by its continued number: what lies between it and the highest so far is missing,
 * and it no longer is. */
void mp_nack_list_note(MpNackList *list, guint32 sequence, MpTime now);
/* A packet came as a retransmission, which only has the lower 16 bits. */
void mp_nack_list_note_repaired(MpNackList *list, guint16 sequence);

/* When something is to be asked for; MP_NEVER: nothing is missing. */
MpTime mp_nack_list_deadline(const MpNackList *list);
/* What is to be asked for now, in rising order, at most `most`; 0: nothing (more). */
guint mp_nack_list_take(MpNackList *list, MpTime now, MpTime round_trip, guint16 *lost, guint most);
