/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the truth file beside the emulator: a thread of ordinary priority makes text of what the
 * emulator's own thread hands over, so that no disk delays a packet.
 */
#pragma once

#include "lab/truth_text.h"

typedef struct _MpTruthLog MpTruthLog;

/* Writes to the descriptor `fd`, which stays the caller's; `lanes` too. `start` is the links' on
 * mp_clock_now()'s clock. */
MpTruthLog *mp_truth_log_new(int fd, const MpTruthLane *lanes, guint n_lanes, MpTime start);

/* Never waits: what the other thread has no room for gets no line, and is counted. */
void mp_truth_log_add(MpTruthLog *log, const MpTruthRecord *record);

/* Writes what is left, and the summary. FALSE: the file is incomplete. Frees the log. */
gboolean mp_truth_log_finish(MpTruthLog *log, const MpLaneTally *const *tallies,
                             const MpEmulatorReport *report);
