/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss that neither a full queue nor an outage explains, as Gilbert's chain: a good state that
 * loses nothing and a bad one that loses all, so that each packet shows its state. Whether losses
 * depend on each other at all is a question of its own, answered by how well each explanation
 * foretells the packets (its marginal likelihood).
 */
#include <math.h>

#include "analysis/path_fit.h"

/* Before the test: a few percent at most, most likely none. */
static const MpChance prior_loss = {0.5, 50};
/* Where none of many was lost: most paths lose none at all, and Jeffreys' 0.5 would leave a burst
 * or two in every call. */
static const MpChance prior_no_loss = {0.02, 50};
#define MANY_KEPT 500
/* The chance to leave a burst: most are of 2 to 30 packets. */
static const MpChance prior_leave = {1, 3};
/* Before any was seen. */
#define PRIOR_IN_BURSTS 0.2

/* [before][now], 1 is lost. */
typedef struct {
    double moves[2][2];
    double lost, kept;
} Counts;

static Counts count(const MpFit *fit)
{
    Counts counts = {0};
    int before = -1;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (packet->is_in_outage || packet->is_crowded) {
            before = -1;
            continue;
        }
        const int now = packet->fate == MP_FIT_LOST ? 1 : 0;
        if (before >= 0)
            counts.moves[before][now]++;
        *(now ? &counts.lost : &counts.kept) += 1;
        before = now;
    }
    return counts;
}

static MpChance with(MpChance prior, double yes, double no)
{
    return (MpChance){prior.yes + yes, prior.no + no};
}

static double log_beta(MpChance chance)
{
    return lgamma(chance.yes) + lgamma(chance.no) - lgamma(chance.yes + chance.no);
}

/* The logarithm of the chance to see these counts, whatever the probability is. */
static double evidence(MpChance prior, double yes, double no)
{
    return log_beta(with(prior, yes, no)) - log_beta(prior);
}

void mp_path_fit_loss(MpFit *fit)
{
    const Counts counts = count(fit);
    const double(*moves)[2] = counts.moves;
    const double of_alone = evidence(prior_loss, moves[0][1] + moves[1][1],
                                     moves[0][0] + moves[1][0]);
    const double of_bursts = evidence(prior_loss, moves[0][1], moves[0][0]) +
                             evidence(prior_leave, moves[1][0], moves[1][1]);
    const double odds = PRIOR_IN_BURSTS / (1 - PRIOR_IN_BURSTS) * exp(of_bursts - of_alone);
    const MpChance prior = counts.lost == 0 && counts.kept >= MANY_KEPT ? prior_no_loss
                                                                        : prior_loss;
    fit->side->loss = (MpPathLoss){
        .in_bursts = isinf(odds) ? 1 : odds / (1 + odds),
        .alone = with(prior, counts.lost, counts.kept),
        .good_to_bad = with(prior, moves[0][1], moves[0][0]),
        .bad_to_good = with(prior_leave, moves[1][0], moves[1][1]),
        .loss_in_good = {0, 1},
        .loss_in_bad = {1, 0},
    };
}
