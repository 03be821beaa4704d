/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counting, neighbours and logarithms behind a sweep's verdicts.
 */
#include "session/port_sweep_evidence.h"

#include <math.h>
#include <string.h>

#include "base/bits.h"

/* For ports near to passing ones and for those inside silent runs, each. */
#define MAY_BE_WRONG 5e-4
/* Rounds of few questions lean on the loss of all rounds, as if it were so many of their own. */
#define SHARED_QUESTIONS 20
/* No single silence is trusted further than this, however good the path: beyond that, what is not
 * loss (a limit for new flows, a busy host) is more likely. */
#define LEAST_LOSS 1e-4
#define GREATEST_LOSS 0.999
/* Losses that tell the ways apart. */
#define ENOUGH_LOST 20
/* Where nothing answered, nothing is known; a silent range is asked twice. */
#define NOMINAL_LOSS 0.02

void mp_sweep_evidence_init(MpSweepEvidence *evidence, const MpSweepRange *range)
{
    const guint n = range->ports ? range->n_ports : range->last - range->first + 1U;
    memset(evidence, 0, sizeof *evidence);
    evidence->first = range->first;
    evidence->last = range->last;
    evidence->loss = NAN;
    for (guint i = n; i > 0; i--) {
        const guint16 port = range->ports ? range->ports[i - 1] : (guint16)(range->first + i - 1);
        evidence->next[port] = evidence->lowest;
        evidence->previous[evidence->lowest] = port;
        evidence->lowest = port;
    }
    evidence->previous[evidence->lowest] = 0;
}

void mp_sweep_evidence_ask(MpSweepEvidence *evidence, guint16 port, guint round)
{
    evidence->asked[port] |= 1U << round;
}

void mp_sweep_evidence_retract(MpSweepEvidence *evidence, guint16 port, guint round)
{
    if (!(evidence->answered[port] & 1U << round))
        evidence->asked[port] &= ~(1U << round);
}

void mp_sweep_evidence_answer(MpSweepEvidence *evidence, guint16 port, guint round)
{
    evidence->n_open += evidence->answered[port] == 0;
    evidence->asked[port] |= 1U << round;
    evidence->answered[port] |= 1U << round;
}

guint mp_sweep_evidence_block(const MpSweepEvidence *evidence, guint port)
{
    return (port - evidence->first) / MP_SWEEP_BLOCK_PORTS;
}

void mp_sweep_evidence_seen(MpSweepEvidence *evidence, guint block, guint round, const guint8 *bits)
{
    guint first = evidence->first + block * MP_SWEEP_BLOCK_PORTS;
    guint8 after = (guint8)(round + 1);
    for (guint n = 0; n < MP_SWEEP_BLOCK_PORTS && first + n <= evidence->last; n++)
        if (evidence->is_seen[first + n] == 0 && mp_bit_is_set(bits, n))
            evidence->is_seen[first + n] = after;
    evidence->has_first_seen[block] |= round == 0;
    evidence->seen_after[block] = MAX(evidence->seen_after[block], after);
}

void mp_sweep_evidence_served(MpSweepEvidence *evidence, guint block, const guint8 *bits)
{
    guint first = evidence->first + block * MP_SWEEP_BLOCK_PORTS;
    for (guint n = 0; n < MP_SWEEP_BLOCK_PORTS && first + n <= evidence->last; n++)
        evidence->is_unserved[first + n] = !mp_bit_is_set(bits, n);
    evidence->knows_served[block] = TRUE;
}

/* 0: silent; 1: seen by the far end; 2: open. Port 0, which no range has, is as if silent. */
static guint level(const MpSweepEvidence *evidence, guint port)
{
    return evidence->answered[port] ? 2 : evidence->is_seen[port] > 0;
}

static guint neighbours_level(const MpSweepEvidence *evidence, guint port)
{
    const guint below = level(evidence, evidence->previous[port]);
    return MAX(below, level(evidence, evidence->next[port]));
}

typedef struct {
    guint asked[MP_SWEEP_ROUNDS];
    guint lost[MP_SWEEP_ROUNDS];
} Tally;

/* Open ports beside open ones only: they would have been found whatever a round lost, while of
 * those that stand alone just the lucky ones are known. */
static void count_open(const MpSweepEvidence *evidence, Tally *tally)
{
    for (guint port = evidence->lowest; port > 0; port = evidence->next[port]) {
        if (evidence->answered[port] == 0 || neighbours_level(evidence, port) < 2)
            continue;
        for (guint32 left = evidence->asked[port]; left; left &= left - 1) {
            guint round = (guint)__builtin_ctz(left);
            tally->asked[round]++;
            tally->lost[round] += !(evidence->answered[port] & 1U << round);
        }
    }
}

/* Of the same ports, those that the far end told of after the first round: `lost` it had not seen.
 */
static guint count_unseen(const MpSweepEvidence *evidence, guint *lost)
{
    guint asked = 0;
    for (guint port = evidence->lowest; port > 0; port = evidence->next[port]) {
        if (evidence->answered[port] == 0 || neighbours_level(evidence, port) < 2 ||
            !evidence->has_first_seen[mp_sweep_evidence_block(evidence, port)])
            continue;
        asked++;
        *lost += evidence->is_seen[port] != 1;
    }
    return asked;
}

/* Of the loss of round trips in the first round, the share that was lost on the way out. */
static double share_out(const MpSweepEvidence *evidence, guint lost)
{
    guint lost_out = 0;
    guint asked = count_unseen(evidence, &lost_out);
    return asked > 0 && lost >= ENOUGH_LOST ? CLAMP((lost_out + 1.0) / lost, 0.1, 1) : 1;
}

static void weigh_rounds(MpSweepEvidence *evidence)
{
    Tally tally = {0};
    guint asked = 0;
    guint lost = 0;
    count_open(evidence, &tally);
    guint lost_first = tally.lost[0];
    for (guint round = 0; round < MP_SWEEP_ROUNDS; round++) {
        tally.asked[round] += evidence->n_controls[round];
        tally.lost[round] += evidence->n_controls[round] - evidence->n_controls_answered[round];
        asked += tally.asked[round];
        lost += tally.lost[round];
    }
    evidence->loss = asked ? (double)lost / asked : NAN;
    /* Jeffreys' prior: no loss in n questions is half a loss in n + 1. */
    double shared = asked ? (lost + 0.5) / (asked + 1.0) : NOMINAL_LOSS;
    double out = share_out(evidence, lost_first);
    for (guint round = 0; round < MP_SWEEP_ROUNDS; round++) {
        double loss = (SHARED_QUESTIONS * shared + tally.lost[round]) /
                      (SHARED_QUESTIONS + (double)tally.asked[round]);
        evidence->worth[round] = -log(CLAMP(loss, LEAST_LOSS, GREATEST_LOSS));
        evidence->worth_out[round] = -log(CLAMP(loss * out, LEAST_LOSS, GREATEST_LOSS));
    }
}

static void count_passing(MpSweepEvidence *evidence)
{
    evidence->n_passing = evidence->n_short_runs = 0;
    for (guint port = evidence->lowest; port > 0; port = evidence->next[port]) {
        guint own = level(evidence, port);
        evidence->n_passing += own > 0;
        evidence->n_short_runs += own > 0 && neighbours_level(evidence, port) < own;
    }
}

void mp_sweep_evidence_settle(MpSweepEvidence *evidence)
{
    weigh_rounds(evidence);
    count_passing(evidence);
    evidence->enough_near = log((evidence->n_passing + 1) / MAY_BE_WRONG);
    evidence->enough_inside = log((evidence->n_short_runs + 1) / MAY_BE_WRONG);
}

gboolean mp_sweep_evidence_is_near(const MpSweepEvidence *evidence, guint16 port)
{
    return neighbours_level(evidence, port) > level(evidence, port);
}

static gboolean tells_seen(const MpSweepEvidence *evidence, guint port, guint round)
{
    return evidence->seen_after[mp_sweep_evidence_block(evidence, port)] > round;
}

/* An open port that the far end never saw has lost every question on its way out. */
static double weight(const MpSweepEvidence *evidence, guint16 port)
{
    double sum = 0;
    for (guint32 left = evidence->asked[port]; left; left &= left - 1) {
        guint round = (guint)__builtin_ctz(left);
        gboolean is_unseen = !evidence->is_seen[port] && tells_seen(evidence, port, round);
        sum += is_unseen ? evidence->worth_out[round] : evidence->worth[round];
    }
    return sum;
}

gboolean mp_sweep_evidence_is_enough(const MpSweepEvidence *evidence, guint16 port)
{
    return weight(evidence, port) >= (mp_sweep_evidence_is_near(evidence, port)
                                          ? evidence->enough_near
                                          : evidence->enough_inside);
}

MpSweptPort mp_sweep_evidence_verdict(const MpSweepEvidence *evidence, guint16 port)
{
    if (evidence->answered[port])
        return MP_SWEPT_ANSWERED;
    if (evidence->is_unserved[port] || evidence->asked[port] == 0 ||
        !mp_sweep_evidence_is_enough(evidence, port))
        return MP_SWEPT_UNDECIDED;
    if (evidence->is_seen[port])
        return MP_SWEPT_SEEN;
    guint last_round = (guint)(31 - __builtin_clz(evidence->asked[port]));
    if (!tells_seen(evidence, port, last_round))
        return MP_SWEPT_SILENT;
    /* What the far end does not serve it does not see either. */
    return evidence->knows_served[mp_sweep_evidence_block(evidence, port)] ||
                   evidence->cannot_tell_served
               ? MP_SWEPT_UNSEEN
               : MP_SWEPT_UNDECIDED;
}

double mp_sweep_evidence_wrong_bound(const MpSweepEvidence *evidence)
{
    double least_near = INFINITY;
    double least_inside = INFINITY;
    if (evidence->n_open == 0)
        return NAN;
    for (guint port = evidence->lowest; port > 0; port = evidence->next[port]) {
        MpSweptPort verdict = mp_sweep_evidence_verdict(evidence, (guint16)port);
        if (verdict == MP_SWEPT_ANSWERED || verdict == MP_SWEPT_UNDECIDED)
            continue;
        double sum = weight(evidence, (guint16)port);
        if (mp_sweep_evidence_is_near(evidence, (guint16)port))
            least_near = MIN(least_near, sum);
        else
            least_inside = MIN(least_inside, sum);
    }
    double bound = evidence->n_passing * exp(-least_near) +
                   (evidence->n_short_runs + 1) * exp(-least_inside);
    return MIN(bound, 1);
}

double mp_sweep_evidence_loss_out(const MpSweepEvidence *evidence)
{
    guint lost = 0;
    guint asked = count_unseen(evidence, &lost);
    return asked ? (double)lost / asked : NAN;
}
