/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a TURN server may relay to an address: what ICE does not say when no pair works.
 */
#pragma once

#include "probe/dial.h"
#include "probe/turn_leg.h"

/* Allocates at `entrance`, where the server, or the proxy that leads to it, answered before, asks
 * for a permission for `peer` and gives the allocation back. */
MpTurnReply mp_relay_permission_ask(const MpDialGoal *goal, const MpAddress *entrance,
                                    const MpAddress *peer, const MpNetLimit *limit);
