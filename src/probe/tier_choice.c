/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The best tier that the network carries.
 */
#include "probe/tier_choice.h"

#include <math.h>

/* One-sided 1 % of the normal distribution: how seldom chance alone passes for a better tier. */
#define SIGNIFICANT 2.33

/* The worse direction's; NAN in both is no measurement, and fmax() leaves a NAN out. */
static double loss_of(const MpTierRun *run)
{
    return fmax(run->joined.up.stats.loss_percent, run->joined.down.stats.loss_percent);
}

/* By how much losses in runs make a ratio less certain than losses one by one: (1 + c) / (1 - c)
 * with the correlation c of two packets that follow each other, of a chain with two states. */
static double uncertainty(const MpDirectionStats *stats)
{
    const double ratio = stats->loss_percent / 100;
    const double recovers = 1 / stats->burst_length;
    const double fails = recovers * ratio / (1 - ratio);
    const double correlation = CLAMP(1 - recovers - fails, 0, 0.999);
    return (1 + correlation) / (1 - correlation);
}

/* The score of the hypothesis that the lower tier's packets met the same losses as the upper's. */
static gboolean has_less_loss(const MpDirectionStats *lower, const MpDirectionStats *upper)
{
    const double ratio = upper->loss_percent / 100;
    const double gain = ratio - lower->loss_percent / 100;
    if (!(ratio < 1))
        return gain > 0;
    const double variance = ratio * (1 - ratio) * uncertainty(upper) *
                            (1 / upper->packets_sent + 1 / lower->packets_sent);
    return gain > SIGNIFICANT * sqrt(variance);
}

/* In the direction that was the worse one. */
static gboolean is_better(const MpTierRun *lower, const MpTierRun *upper, double carried_kbps)
{
    const MpJoined *a = &lower->joined;
    const MpJoined *b = &upper->joined;
    const gboolean is_down = b->down.stats.loss_percent > b->up.stats.loss_percent;
    const gboolean is_too_much = upper->tier && upper->tier->rate_kbps > carried_kbps;
    return loss_of(lower) < loss_of(upper) &&
           (is_too_much || has_less_loss(is_down ? &a->down.stats : &a->up.stats,
                                         is_down ? &b->down.stats : &b->up.stats));
}

guint mp_tier_choose(const MpTierRun *runs, guint n_runs, double tolerable_percent,
                     double carried_kbps)
{
    guint best = 0;
    for (guint i = 1; i < n_runs && !(loss_of(&runs[best]) <= tolerable_percent); i++)
        if (isnan(loss_of(&runs[best])) || is_better(&runs[i], &runs[best], carried_kbps))
            best = i;
    return best;
}
