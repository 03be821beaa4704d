/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ways compared by the turns that they took at media.
 */
#include "analysis/comparison.h"

#include <math.h>

#include "analysis/paths.h"

/* What a call notices. Ways differ by fractions of a millisecond, always and for certain; nobody
 * hears that. */
#define LEAST_RTT_MS 5.0
#define LEAST_LOSS_PERCENT 0.5

/* The turns of two ways in the same rounds. */
typedef struct {
    const MpTurn *first;
    const MpTurn *second;
} Pair;

static const MpTurn *find_turn(const MpPath *path, guint round)
{
    for (guint i = 0; i < path->turns->len; i++) {
        const MpTurn *turn = &g_array_index(path->turns, MpTurn, i);
        if (turn->round == round)
            return turn;
    }
    return NULL;
}

static GArray *pair_turns(const MpPath *first, const MpPath *second)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    for (guint i = 0; i < first->turns->len; i++) {
        const MpTurn *turn = &g_array_index(first->turns, MpTurn, i);
        const Pair pair = {turn, find_turn(second, turn->round)};
        if (pair.second)
            g_array_append_val(pairs, pair);
    }
    return pairs;
}

/* By rounds, so that a bad moment of the network that one of them met is no difference. */
static MpDifference compare_by_round(const GArray *pairs, double (*figure)(const MpTurn *turn))
{
    g_autoptr(GArray) first = g_array_sized_new(FALSE, FALSE, sizeof(double), pairs->len);
    g_autoptr(GArray) second = g_array_sized_new(FALSE, FALSE, sizeof(double), pairs->len);
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);
        const double figures[] = {figure(pair->first), figure(pair->second)};
        g_array_append_val(first, figures[0]);
        g_array_append_val(second, figures[1]);
    }
    return mp_difference_paired((const void *)first->data, (const void *)second->data, pairs->len);
}

static double rtt_of(const MpTurn *turn)
{
    return turn->rtt_ms;
}

static double percent(guint lost, guint sent)
{
    return sent == 0 ? NAN : 100.0 * lost / sent;
}

static double up_loss_of(const MpTurn *turn)
{
    return percent(turn->up_lost, turn->up_sent);
}

static double down_loss_of(const MpTurn *turn)
{
    return percent(turn->down_lost, turn->down_sent);
}

/* By the packets, too, so that a few lost ones are no difference, either. */
static MpDifference compare_loss(const GArray *pairs, gboolean is_up)
{
    guint sent[2] = {0};
    guint lost[2] = {0};
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);
        const MpTurn *turns[] = {pair->first, pair->second};
        for (guint j = 0; j < 2; j++) {
            sent[j] += is_up ? turns[j]->up_sent : turns[j]->down_sent;
            lost[j] += is_up ? turns[j]->up_lost : turns[j]->down_lost;
        }
    }
    const MpDifference by_round = compare_by_round(pairs, is_up ? up_loss_of : down_loss_of);
    MpDifference by_packet = mp_difference_of_shares(lost[0], sent[0], lost[1], sent[1]);
    by_packet.value *= 100;
    by_packet.low *= 100;
    by_packet.high *= 100;
    return mp_difference_wider(&by_packet, &by_round);
}

static MpCompared sum_up(const MpComparison *comparison)
{
    const struct {
        const MpDifference *difference;
        double least;
    } parts[] = {
        {&comparison->rtt_ms, LEAST_RTT_MS},
        {&comparison->up_loss_percent, LEAST_LOSS_PERCENT},
        {&comparison->down_loss_percent, LEAST_LOSS_PERCENT},
    };
    gboolean is_better = FALSE;
    gboolean is_worse = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        const gboolean is_real = mp_difference_is_real(parts[i].difference, parts[i].least);
        is_better |= is_real && parts[i].difference->value < 0;
        is_worse |= is_real && parts[i].difference->value > 0;
    }
    return is_better && is_worse ? MP_COMPARED_MIXED
           : is_better           ? MP_COMPARED_BETTER
           : is_worse            ? MP_COMPARED_WORSE
                                 : MP_COMPARED_ALIKE;
}

static MpComparison compare(const MpPath *path, const MpPath *preferred)
{
    g_autoptr(GArray) pairs = pair_turns(path, preferred);
    MpComparison comparison = {.with = preferred->way};
    if (pairs->len < 2 || g_strcmp0(path->tier, preferred->tier) != 0)
        return comparison;
    comparison.n_rounds = pairs->len;
    comparison.rtt_ms = compare_by_round(pairs, rtt_of);
    comparison.up_loss_percent = compare_loss(pairs, TRUE);
    comparison.down_loss_percent = compare_loss(pairs, FALSE);
    comparison.compared = sum_up(&comparison);
    return comparison;
}

void mp_analysis_compare(MpResult *result)
{
    const MpPath *preferred = mp_analysis_preferred_path(result);
    for (guint i = 0; i < result->paths->len; i++) {
        MpPath *path = result->paths->pdata[i];
        if (preferred && path != preferred && path->usable == MP_USABLE_YES)
            path->comparison = compare(path, preferred);
    }
}

const MpPath *mp_analysis_better_path(const MpResult *result)
{
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        if (path->comparison.n_rounds > 0 && path->comparison.compared == MP_COMPARED_BETTER)
            return path;
    }
    return NULL;
}
