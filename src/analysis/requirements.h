/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How each row of the profile stands.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Replaces result->requirements. A row with STUN, TURN or MEDIA gets one entry for each service and
 * port of it, one whose hosts were asked one for each of them with HTTPS and with WSS; every other
 * row one entry that is unknown, or not applicable to the result's role.
 *
 * Met needs an answer from that port, failed needs a question that the network kept; a server that
 * says no has an open port. Of several servers one answer is enough. Where the row lists address
 * ranges, only servers and relays inside them are evidence. MEDIA is met when media flowed. */
void mp_analysis_requirements(MpResult *result, const MpProfile *profile);
