/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The best tier that the network carries.
 */
#include "probe/tier_choice.h"

#include <math.h>

/* How seldom chance alone may pass for a better tier, and the same as a score of the normal
 * distribution, one-sided. */
#define UNLIKELY 0.01
#define SIGNIFICANT 2.33

/* The worse direction's; NAN in both is no measurement, and fmax() leaves a NAN out. */
static double loss_of(const MpTierRun *run)
{
    return fmax(run->joined.up.stats.loss_percent, run->joined.down.stats.loss_percent);
}

/* Losses in runs are taken as a chain of two states. How often it fails and how often it recovers,
 * from one packet to the next. */
typedef struct {
    double fails;
    double recovers;
} Chain;

static Chain chain_of(const MpDirectionStats *stats)
{
    const double ratio = stats->loss_percent / 100;
    const double recovers = 1 / stats->burst_length;
    return (Chain){recovers * ratio / (1 - ratio), recovers};
}

/* By how much runs make a ratio less certain than losses one by one: (1 + c) / (1 - c) with the
 * correlation c of two packets that follow each other. */
static double uncertainty(Chain chain)
{
    const double correlation = CLAMP(1 - chain.recovers - chain.fails, 0, 0.999);
    return (1 + correlation) / (1 - correlation);
}

/* The score of the hypothesis that the lower tier's packets met the same losses as the upper's.
 * Where none was lost its probability is known without an approximation. */
static gboolean has_less_loss(const MpDirectionStats *lower, const MpDirectionStats *upper)
{
    const double ratio = upper->loss_percent / 100;
    const double gain = ratio - lower->loss_percent / 100;
    if (!(ratio < 1))
        return gain > 0;
    const Chain chain = chain_of(upper);
    if (ratio > 0 && lower->packets_received >= lower->packets_sent)
        return (1 - ratio) * pow(1 - MIN(chain.fails, 1), lower->packets_sent - 1) < UNLIKELY;
    const double variance = ratio * (1 - ratio) * uncertainty(chain) *
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
