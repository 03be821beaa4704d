/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What net/ saw and what a STUN server said, in the words of the result.
 */
#pragma once

#include "model/measurement.h"
#include "net/status.h"

/* An interrupted wait is MP_OUTCOME_NOT_RUN. MP_NET_UNAVAILABLE is no outcome: it must have been
 * made an error before. */
MpOutcome mp_outcome_of_net(MpNetOutcome outcome);

/* To the stage that was added last: the ICMP message that ended it; nothing where none did. */
void mp_stage_set_icmp(MpMeasurement *measurement, const MpNetStatus *status);

/* 300 redirected, 401 and 441 auth_failed, 486 and 508 quota, every other code refused. */
MpOutcome mp_outcome_of_stun_error(guint code);
