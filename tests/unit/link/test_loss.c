/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random loss: one seed is one pattern, and the pattern has the ratio and the bursts asked for.
 */
#include <math.h>

#include "link/link_loss.h"
#include "tests/support/link_run.h"

#define N_PACKETS 2000

/* The packets that get lost. */
static char *pattern(const MpLink *link, MpTime interval)
{
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, interval, N_PACKETS, 1200);
    link_run_finish(run);
    return link_run_numbers(run, MP_FATE_LOST);
}

static MpLink *lossy(guint64 seed)
{
    MpLink *link = mp_link_new();
    link->seed = seed;
    link->up.conditions.loss = mp_link_loss_bursts(0.05, 3);
    return link;
}

static void one_seed_is_one_pattern_and_another_seed_another(void)
{
    g_autoptr(MpLink) link = lossy(7);
    g_autoptr(MpLink) same = lossy(7);
    g_autoptr(MpLink) other = lossy(8);
    g_autofree char *first = pattern(link, MP_MSEC(20));
    g_autofree char *second = pattern(same, MP_MSEC(20));
    g_autofree char *third = pattern(other, MP_MSEC(20));
    g_assert_cmpstr(first, ==, second);
    g_assert_cmpstr(first, !=, third);
}

/* The first losses of seed 1, written down: a new version must not change old networks. */
static void the_pattern_of_seed_1_is_for_ever(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.loss = mp_link_loss_independent(0.01);
    g_autofree char *losses = pattern(link, MP_MSEC(1));
    g_assert_true(g_str_has_prefix(losses, "58 66 161 329 526 547 715 827 "));
}

static void two_directions_lose_different_packets(void)
{
    g_autoptr(MpLink) link = lossy(7);
    MpLinkLine *up = mp_link_line_new(&link->up, 7, 0, 0);
    MpLinkLine *down = mp_link_line_new(&link->up, 7, 1, 0);
    guint n_same = 0;
    for (guint i = 0; i < N_PACKETS; i++) {
        MpLinkOutcome a, b;
        mp_link_line_offer(up, i, 100, NULL);
        mp_link_line_offer(down, i, 100, NULL);
        g_assert_true(mp_link_line_take(up, i, &a));
        g_assert_true(mp_link_line_take(down, i, &b));
        n_same += a.fate == MP_FATE_LOST && b.fate == MP_FATE_LOST ? 1 : 0;
    }
    /* 5 % of 5 % would be both by chance: 5 packets, in bursts. */
    g_assert_cmpuint(n_same, <, 25);
    mp_link_line_free(up, NULL);
    mp_link_line_free(down, NULL);
}

static void what_else_the_link_does_moves_no_loss(void)
{
    g_autoptr(MpLink) link = lossy(7);
    g_autofree char *plain = pattern(link, MP_MSEC(20));
    g_autofree char *faster = pattern(link, MP_USEC(3));
    g_assert_cmpstr(faster, ==, plain);

    MpLinkConditions *conditions = &link->up.conditions;
    conditions->jitter = (MpLinkJitter){
        .distribution = MP_JITTER_EXPONENTIAL, .scale = MP_MSEC(30), .reorders = TRUE};
    conditions->duplicate = 0.3;
    conditions->corrupt = 0.3;
    g_autofree char *shaken = pattern(link, MP_MSEC(20));
    g_assert_cmpstr(shaken, ==, plain);

    conditions->jitter.reorders = FALSE;
    conditions->rate_bps = 200000;
    g_autofree char *narrow = pattern(link, MP_MSEC(20));
    g_assert_cmpstr(narrow, ==, plain);
}

/* An outage takes packets 1680 to 1706 and ends inside a burst of losses; those before and after
 * are those of a link without. */
static void an_outage_moves_no_loss(void)
{
    g_autoptr(MpLink) link = lossy(7);
    g_autofree char *plain = pattern(link, MP_MSEC(1));
    MpLinkOutage outage = {.type = MP_OUTAGE_DROPS, .at = MP_MSEC(1680), .length = MP_MSEC(27)};
    g_array_append_val(link->up.outages, outage);
    g_autofree char *rest = pattern(link, MP_MSEC(1));
    g_auto(GStrv) numbers = g_strsplit(plain, " ", -1);
    g_autoptr(GString) expected = g_string_new(NULL);
    for (guint i = 0; numbers[i]; i++) {
        guint64 number = g_ascii_strtoull(numbers[i], NULL, 10);
        if (number < 1680 || number >= 1707)
            g_string_append_printf(expected, "%s%s", expected->len > 0 ? " " : "", numbers[i]);
    }
    g_assert_cmpstr(rest, ==, expected->str);
    g_assert_cmpstr(rest, !=, plain);
}

typedef struct {
    guint n_lost;
    guint n_bursts;
} Losses;

static Losses lose(const MpLinkLoss *loss, guint n)
{
    MpLinkRandom move = mp_link_random(1, 0, MP_LINK_DRAW_LOSS_STATE);
    MpLinkRandom decide = mp_link_random(1, 0, MP_LINK_DRAW_LOSS);
    MpLinkLossState state = {0};
    Losses losses = {0};
    gboolean was_lost = FALSE;
    for (guint i = 0; i < n; i++) {
        gboolean is_lost = mp_link_loss_step(&state, loss, mp_link_random_unit(&move, i),
                                             mp_link_random_unit(&decide, i));
        losses.n_lost += is_lost ? 1 : 0;
        losses.n_bursts += is_lost && !was_lost ? 1 : 0;
        was_lost = is_lost;
    }
    return losses;
}

#define Z_999 3.2905 /* two-sided 99.9 % of a normal distribution */
#define N_LONG 1000000

static void independent_loss_has_its_ratio(void)
{
    static const double ratios[] = {0.001, 0.01, 0.02, 0.1, 0.5};
    for (gsize i = 0; i < G_N_ELEMENTS(ratios); i++) {
        MpLinkLoss loss = mp_link_loss_independent(ratios[i]);
        Losses losses = lose(&loss, N_LONG);
        double bound = Z_999 * sqrt(ratios[i] * (1 - ratios[i]) / N_LONG);
        g_assert_cmpfloat_with_epsilon((double)losses.n_lost / N_LONG, ratios[i], bound);
        double length = (double)losses.n_lost / losses.n_bursts;
        g_assert_cmpfloat_with_epsilon(length, 1 / (1 - ratios[i]), 0.15);
    }
}

static void bursts_have_their_ratio_and_length(void)
{
    static const struct {
        double ratio;
        double length;
    } cases[] = {{0.01, 2}, {0.02, 5}, {0.05, 10}, {0.3, 4}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        double ratio = cases[i].ratio;
        MpLinkLoss loss = mp_link_loss_bursts(ratio, cases[i].length);
        Losses losses = lose(&loss, N_LONG);
        /* The variance of a two-state chain's mean: by how much a state outlasts the next packet.
         */
        double memory = 1 - loss.good_to_bad - loss.bad_to_good;
        double bound = Z_999 * sqrt(ratio * (1 - ratio) / N_LONG * (1 + memory) / (1 - memory));
        g_assert_cmpfloat_with_epsilon((double)losses.n_lost / N_LONG, ratio, bound);
        /* Lengths are geometric. */
        double spread = cases[i].length * sqrt(1 - 1 / cases[i].length);
        g_assert_cmpfloat_with_epsilon((double)losses.n_lost / losses.n_bursts, cases[i].length,
                                       Z_999 * spread / sqrt(losses.n_bursts));
    }
}

static void both_states_may_lose_some(void)
{
    MpLinkLoss loss = {
        .good_to_bad = 0.01, .bad_to_good = 0.1, .loss_in_good = 0.001, .loss_in_bad = 0.3};
    Losses losses = lose(&loss, N_LONG);
    g_assert_cmpfloat_with_epsilon((double)losses.n_lost / N_LONG, mp_link_loss_ratio(&loss),
                                   0.002);
}

static void nothing_and_everything_are_exact(void)
{
    MpLinkLoss none = mp_link_loss_independent(0);
    MpLinkLoss all = mp_link_loss_independent(1);
    g_assert_cmpuint(lose(&none, N_LONG).n_lost, ==, 0);
    g_assert_cmpuint(lose(&all, N_LONG).n_lost, ==, N_LONG);
}

static void independent_loss_that_takes_over_ends_a_burst(void)
{
    MpLinkLoss burst = {.good_to_bad = 1, .bad_to_good = 0, .loss_in_bad = 1};
    MpLinkLoss half = mp_link_loss_independent(0.5);
    MpLinkLossState state = {0};
    g_assert_true(mp_link_loss_step(&state, &burst, 0.5, 0.6));
    g_assert_true(mp_link_loss_step(&state, &burst, 0.5, 0.6));
    g_assert_false(mp_link_loss_step(&state, &half, 0.5, 0.6));
    g_assert_true(mp_link_loss_step(&state, &half, 0.5, 0.4));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loss/seed", one_seed_is_one_pattern_and_another_seed_another);
    g_test_add_func("/loss/for-ever", the_pattern_of_seed_1_is_for_ever);
    g_test_add_func("/loss/directions", two_directions_lose_different_packets);
    g_test_add_func("/loss/alone", what_else_the_link_does_moves_no_loss);
    g_test_add_func("/loss/outage", an_outage_moves_no_loss);
    g_test_add_func("/loss/independent", independent_loss_has_its_ratio);
    g_test_add_func("/loss/bursts", bursts_have_their_ratio_and_length);
    g_test_add_func("/loss/two-states", both_states_may_lose_some);
    g_test_add_func("/loss/ends", nothing_and_everything_are_exact);
    g_test_add_func("/loss/change", independent_loss_that_takes_over_ends_a_burst);
    return g_test_run();
}
