/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The chain of Gilbert and Elliott.
 */
#include "link/link_loss.h"

static gboolean next_state(gboolean is_bad, const MpLinkLoss *loss, double move)
{
    /* Independent loss that takes over in the middle of a burst ends it. */
    if (loss->good_to_bad <= 0)
        return FALSE;
    return is_bad ? move >= loss->bad_to_good : move < loss->good_to_bad;
}

gboolean mp_link_loss_step(MpLinkLossState *state, const MpLinkLoss *loss, double move,
                           double decide)
{
    state->is_bad = next_state(state->is_bad, loss, move);
    return decide < (state->is_bad ? loss->loss_in_bad : loss->loss_in_good);
}
