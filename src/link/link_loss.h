/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which packets get lost: the chain of Gilbert and Elliott, one step a packet.
 */
#pragma once

#include "link/link_random.h"
#include "model/link.h"

/* All zero: in the good state. */
typedef struct {
    gboolean is_bad;
} MpLinkLossState;

/* First the chain moves, then the state that it is in decides. `move` and `decide` are the packet's
 * own numbers in (0, 1). */
gboolean mp_link_loss_step(MpLinkLossState *state, const MpLinkLoss *loss, double move,
                           double decide);
