/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a TURN server may relay to an address: what ICE does not say when no pair works.
 */
#pragma once

#include "probe/probe.h"
#include "probe/turn_leg.h"

/* Allocates at `address`, where `server` answered before, asks for a permission for `peer` and
 * gives the allocation back. */
MpTurnReply mp_relay_permission_ask(const MpServerUri *server, const MpAddress *address,
                                    const MpTargets *targets, const MpAddress *peer,
                                    const MpNetLimit *limit);
