/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which ports of a large range are asked.
 */
#include "model/port_plan.h"

static const MpPortSample *at(const GArray *plan, guint index)
{
    return &g_array_index(plan, MpPortSample, index);
}

static gboolean has(const GArray *plan, guint16 port)
{
    for (guint i = 0; i < plan->len; i++)
        if (at(plan, i)->port == port)
            return TRUE;
    return FALSE;
}

/* 64,511 ports in 400 parts of 161 or 162. */
static void each_part_has_one_port_by_lot(void)
{
    for (guint64 seed = 0; seed < 50; seed++) {
        g_autoptr(GArray) plan = mp_port_plan(1025, 65535, 400, NULL, 0, seed);
        guint n_drawn = 0;
        for (guint i = 0; i < plan->len; i++) {
            if (i > 0)
                g_assert_cmpuint(at(plan, i)->port, >, at(plan, i - 1)->port);
            if (!at(plan, i)->is_drawn)
                continue;
            g_assert_cmpuint(at(plan, i)->port, >=, 1025 + 64511 * n_drawn / 400);
            g_assert_cmpuint(at(plan, i)->port, <, 1025 + 64511 * (n_drawn + 1) / 400);
            n_drawn++;
        }
        g_assert_cmpuint(n_drawn, ==, 400);
    }
}

static void ports_of_rules_are_always_among_them(void)
{
    static const guint16 named[] = {1025, 4444, 65535};
    static const guint16 expected[] = {1025,  3478,  4444,  9999,  10000, 16383, 16384,
                                       19999, 20000, 32767, 32768, 49151, 49152, 65535};
    g_autoptr(GArray) plan = mp_port_plan(1025, 65535, 400, named, G_N_ELEMENTS(named), 1);
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_true(has(plan, expected[i]));
}

static void nothing_outside_of_the_range_is_asked(void)
{
    static const guint16 named[] = {80, 60000};
    g_autoptr(GArray) plan = mp_port_plan(3000, 3099, 400, named, G_N_ELEMENTS(named), 1);
    g_assert_cmpuint(plan->len, ==, 100);
    g_assert_true(at(plan, 0)->is_drawn && at(plan, 99)->is_drawn);
    g_assert_cmpuint(at(plan, 0)->port, ==, 3000);
    g_assert_cmpuint(at(plan, 99)->port, ==, 3099);
}

/* Each port is drawn as often as any other: else the bound would be about some of them. */
static void no_port_is_drawn_more_often(void)
{
    guint count[10] = {0};
    for (guint64 seed = 0; seed < 10000; seed++) {
        g_autoptr(GArray) plan = mp_port_plan(50100, 50109, 1, NULL, 0, seed);
        g_assert_cmpuint(plan->len, ==, 1);
        count[at(plan, 0)->port - 50100]++;
    }
    /* Six standard deviations. */
    for (gsize i = 0; i < G_N_ELEMENTS(count); i++)
        g_assert_cmpint(ABS((gint)count[i] - 1000), <, 180);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port-plan/parts", each_part_has_one_port_by_lot);
    g_test_add_func("/port-plan/rules", ports_of_rules_are_always_among_them);
    g_test_add_func("/port-plan/small", nothing_outside_of_the_range_is_asked);
    g_test_add_func("/port-plan/fair", no_port_is_drawn_more_often);
    return g_test_run();
}
