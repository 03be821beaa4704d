/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trip from four timestamps, without the time the far end took to answer.
 */
#pragma once

#include "base/time.h"

/* (t4 - t1) - (t3 - t2), RFC 5905 section 8 and the two-way form of RFC 8762: t1 sent and t4
 * received here, t2 received and t3 sent there, each pair on a clock of its own. MP_NEVER when a
 * stamp is missing (MP_NEVER) or the stamps contradict each other: a clock was stepped. */
MpTime mp_rtt_four(MpTime t1, MpTime t2, MpTime t3, MpTime t4);
