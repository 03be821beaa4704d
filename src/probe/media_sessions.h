/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other kinds of session in the same call, one after the other: their streams take the place of
 * live video's.
 */
#pragma once

#include "model/session_type.h"
#include "probe/media_call.h"
#include "probe/media_join.h"

/* One kind that was asked for. */
typedef struct {
    MpSessionType type;
    double rate_kbps; /* of its video, what the way carries of it */
    MpMediaWindow window;
    MpTime span;    /* for which it was measured; 0: the call was over before */
    GArray *frames; /* double, ms: of the virtual background; NULL: there was none */
} MpSessionRun;

void mp_session_run_clear(MpSessionRun *run);

/* Too short to be judged in full, where `wanted` is how long it was to be measured. */
gboolean mp_session_run_is_cut_short(const MpSessionRun *run, MpTime wanted);

/* After the tiers, on the first way that works. Always TRUE: a session that fails is cut short. */
gboolean mp_media_sessions(MpMediaCall *call);
/* "sessions". */
void mp_media_sessions_facts(JsonObject *facts, const MpMediaCall *call, const MpMediaJoin *join,
                             const MpMediaRecord *theirs);
