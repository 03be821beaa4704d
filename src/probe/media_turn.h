/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's turn at media among the other ways (probe/turns.h). Without other ways it is always its
 * turn.
 */
#pragma once

#include "probe/media_call.h"

/* The call is set up, and rests if there are other ways. */
void mp_media_turn_join(MpMediaCall *call);

/* The first that works: it is measured in full, and for its capacity. */
gboolean mp_media_turn_is_first(const MpMediaCall *call);
/* How long this way is measured at the first tier. */
MpTime mp_media_turn_wanted(const MpMediaCall *call);
/* Of one turn. */
MpTime mp_media_turn_span(const MpMediaCall *call);

/* Waits for the turn, and until nothing of another way or another rate is in the queues; then media
 * goes at the tier's rate. FALSE: the media was over, or the time. */
gboolean mp_media_turn_await(MpMediaCall *call, const MpTier *tier);
/* The same without media. */
gboolean mp_media_turn_await_at_rest(MpMediaCall *call);
/* At rest, until its own media is out of the queues. */
void mp_media_turn_drain(MpMediaCall *call);
/* Lets the others, if there are any, have theirs. */
void mp_media_turn_pass(MpMediaCall *call);
/* For a while this way cannot use a turn. */
void mp_media_turn_step_aside(MpMediaCall *call);
void mp_media_turn_return(MpMediaCall *call);
/* This way is measured: waits until the others are, for what follows would disturb
 * them. One whose media is over waits for nobody. */
void mp_media_turn_finish(MpMediaCall *call);
/* No turn any more, whatever became of the call: the others wait no longer for it. */
void mp_media_turn_leave(MpMediaCall *call);
/* Whether there was no time for this way. */
gboolean mp_media_turn_is_refused(const MpMediaCall *call);
