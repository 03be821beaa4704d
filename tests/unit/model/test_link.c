/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The description of a link: its copies, and loss by ratio and burst length.
 */
#include "model/link.h"

static void a_new_link_does_nothing(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    g_assert_cmpuint(link->seed, ==, 1);
    g_assert_cmpint(link->backend, ==, MP_LINK_EMULATOR);
    g_assert_cmpint(link->up.conditions.delay, ==, 0);
    g_assert_cmpuint(link->down.conditions.rate_bps, ==, 0);
    g_assert_cmpfloat(mp_link_loss_ratio(&link->up.conditions.loss), ==, 0);
    g_assert_cmpuint(link->up.changes->len + link->up.outages->len + link->up.opportunities->len,
                     ==, 0);
    mp_link_free(NULL);
}

static void a_copy_shares_nothing(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    MpLinkChange change = {.at = 5, .conditions = {.delay = 7}};
    MpLinkOutage outage = {.type = MP_OUTAGE_HOLDS, .at = 1, .length = 2};
    guint32 opportunity = 12;
    link->seed = 99;
    link->backend = MP_LINK_NETEM;
    link->down.conditions.delay = 3;
    g_array_append_val(link->up.changes, change);
    g_array_append_val(link->up.outages, outage);
    g_array_append_val(link->down.opportunities, opportunity);

    g_autoptr(MpLink) copy = mp_link_copy(link);
    g_array_set_size(link->up.changes, 0);
    g_array_set_size(link->up.outages, 0);
    g_array_set_size(link->down.opportunities, 0);
    g_assert_cmpuint(copy->seed, ==, 99);
    g_assert_cmpint(copy->backend, ==, MP_LINK_NETEM);
    g_assert_cmpint(copy->down.conditions.delay, ==, 3);
    g_assert_cmpuint(copy->up.changes->len, ==, 1);
    g_assert_cmpint(g_array_index(copy->up.changes, MpLinkChange, 0).conditions.delay, ==, 7);
    g_assert_cmpuint(copy->up.outages->len, ==, 1);
    g_assert_cmpint(g_array_index(copy->up.outages, MpLinkOutage, 0).length, ==, 2);
    g_assert_cmpuint(g_array_index(copy->down.opportunities, guint32, 0), ==, 12);
}

static void independent_loss_is_the_good_state_alone(void)
{
    MpLinkLoss loss = mp_link_loss_independent(0.02);
    g_assert_cmpfloat(loss.good_to_bad, ==, 0);
    g_assert_cmpfloat(loss.loss_in_good, ==, 0.02);
    g_assert_cmpfloat(mp_link_loss_ratio(&loss), ==, 0.02);
}

static void bursts_have_the_ratio_and_the_length_asked_for(void)
{
    static const struct {
        double ratio;
        double length;
    } cases[] = {{0.001, 1}, {0.02, 5}, {0.1, 10}, {0.5, 3}, {0.5, 1}, {0.9, 20}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        MpLinkLoss loss = mp_link_loss_bursts(cases[i].ratio, cases[i].length);
        g_assert_cmpfloat(loss.loss_in_bad, ==, 1);
        g_assert_cmpfloat(loss.loss_in_good, ==, 0);
        g_assert_cmpfloat_with_epsilon(1 / loss.bad_to_good, cases[i].length, 1e-9);
        g_assert_cmpfloat_with_epsilon(mp_link_loss_ratio(&loss), cases[i].ratio, 1e-12);
    }
}

/* Nine of ten lost in bursts of 2 would need gaps shorter than a packet: the ratio goes first. */
static void the_ratio_holds_where_the_length_cannot(void)
{
    MpLinkLoss loss = mp_link_loss_bursts(0.9, 2);
    g_assert_cmpfloat(loss.good_to_bad, ==, 1);
    g_assert_cmpfloat_with_epsilon(mp_link_loss_ratio(&loss), 0.9, 1e-12);
    MpLinkLoss none = mp_link_loss_bursts(0, 5);
    MpLinkLoss all = mp_link_loss_bursts(1, 5);
    g_assert_cmpfloat(mp_link_loss_ratio(&none), ==, 0);
    g_assert_cmpfloat(mp_link_loss_ratio(&all), ==, 1);
}

static void two_states_lose_by_the_time_spent_in_each(void)
{
    MpLinkLoss loss = {
        .good_to_bad = 0.01, .bad_to_good = 0.04, .loss_in_good = 0.1, .loss_in_bad = 0.6};
    g_assert_cmpfloat_with_epsilon(mp_link_loss_ratio(&loss), 0.8 * 0.1 + 0.2 * 0.6, 1e-12);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/new", a_new_link_does_nothing);
    g_test_add_func("/link/copy", a_copy_shares_nothing);
    g_test_add_func("/link/independent", independent_loss_is_the_good_state_alone);
    g_test_add_func("/link/bursts", bursts_have_the_ratio_and_the_length_asked_for);
    g_test_add_func("/link/bursts-impossible", the_ratio_holds_where_the_length_cannot);
    g_test_add_func("/link/two-states", two_states_lose_by_the_time_spent_in_each);
    return g_test_run();
}
