/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A bucket that leaks at the target, and a share of frames that follows how full it is.
 */
#include "simulator/sim_encoder_dropper.h"

void mp_sim_dropper_init(MpSimDropper *dropper, const MpChromiumEncoder *encoder)
{
    *dropper = (MpSimDropper){.constants = &encoder->dropper, .was_below = TRUE};
}

static double span_bits(const MpSimDropper *dropper, MpTime span)
{
    return dropper->target_bps * (double)span / (double)MP_SEC(1);
}

void mp_sim_dropper_set(MpSimDropper *dropper, double target_bps)
{
    const double most = target_bps * (double)dropper->constants->bucket / (double)MP_SEC(1);
    if (target_bps < dropper->target_bps && dropper->level > most)
        dropper->level *= target_bps / dropper->target_bps;
    dropper->target_bps = target_bps;
    dropper->level = MIN(dropper->level, span_bits(dropper, dropper->constants->most_ahead));
}

static void leak(MpSimDropper *dropper, double fps)
{
    double leaked = dropper->target_bps / fps;
    if (dropper->spread_left > 0) {
        leaked -= dropper->spread_bits;
        dropper->spread_left--;
    }
    dropper->level = MAX(0, dropper->level - leaked);
}

/* TRUE: it has just become too full. */
static gboolean follow(MpSimDropper *dropper)
{
    const double most = span_bits(dropper, dropper->constants->bucket);
    const gboolean is_full = dropper->level > most;
    const double kept = dropper->level > dropper->constants->far * most
                            ? dropper->constants->ratio_kept_far
                            : dropper->constants->ratio_kept;
    const gboolean is_crossed = is_full && dropper->was_below;
    dropper->ratio = kept * dropper->ratio + (1 - kept) * is_full;
    dropper->was_below = dropper->level < most;
    return is_crossed;
}

/* From one half on so many are left out for one that is kept, below so many kept for one left
 * out: spread evenly. */
static gboolean takes_turn(MpSimDropper *dropper, double fps)
{
    if (dropper->ratio >= 0.5) {
        const double most = fps * (double)dropper->constants->longest_drop / (double)MP_SEC(1);
        const int limit = (int)MIN(1 / MAX(1 - dropper->ratio, 1e-5) - 0.5, most);
        dropper->kept = ABS(dropper->kept);
        dropper->kept = dropper->kept < limit ? dropper->kept + 1 : 0;
        return dropper->kept > 0;
    }

    const int limit = (int)(1 / MAX(dropper->ratio, 1e-5) - 0.5);
    dropper->kept = -ABS(dropper->kept);
    if (-dropper->kept >= limit) {
        dropper->kept = 0;
        return FALSE;
    }
    return dropper->kept-- == 0;
}

gboolean mp_sim_dropper_drops(MpSimDropper *dropper, double fps)
{
    leak(dropper, fps);
    if (follow(dropper))
        dropper->kept = 0;
    if (dropper->ratio <= 0) {
        dropper->kept = 0;
        return FALSE;
    }
    return takes_turn(dropper, fps);
}

void mp_sim_dropper_encoded(MpSimDropper *dropper, double bits, gboolean is_key, double fps)
{
    const MpChromiumDropper *constants = dropper->constants;
    const gboolean is_large = is_key || (dropper->mean_bits > 0 &&
                                         bits > constants->large * dropper->mean_bits);
    if (is_large && dropper->spread_left == 0) {
        const double seconds = (double)constants->spread / (double)MP_SEC(1);
        dropper->spread_left = (guint)(MAX(seconds * fps, constants->least_spread) + 0.5);
        dropper->spread_bits = bits / dropper->spread_left;
        return;
    }
    if (!is_key)
        dropper->mean_bits = dropper->mean_bits > 0 ? constants->size_kept * dropper->mean_bits +
                                                          (1 - constants->size_kept) * bits
                                                    : bits;
    dropper->level = MIN(dropper->level + bits, span_bits(dropper, constants->most_ahead));
}
