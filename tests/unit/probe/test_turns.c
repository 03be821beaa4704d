/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose turn it is at media.
 */
#include "probe/turns.h"

#include "base/clock.h"

#define FULL MP_SEC(4)
#define RELAYED MP_MSEC(1500)

static void join(MpTurns *turns, guint rank)
{
    const MpTurnsMember member = {
        .deadline = mp_clock_now() + MP_SEC(60), .full_time = FULL, .relayed_time = RELAYED};
    mp_turns_join(turns, rank, &member);
}

static MpTurns *new_joined(guint n_ways)
{
    MpTurns *turns = mp_turns_new(n_ways);
    for (guint i = 0; i < n_ways; i++)
        join(turns, i);
    return turns;
}

static guint holder(MpTurns *turns, guint n_ways)
{
    guint found = G_MAXUINT;
    for (guint i = 0; i < n_ways; i++)
        if (mp_turns_is_mine(turns, i)) {
            g_assert_cmpuint(found, ==, G_MAXUINT);
            found = i;
        }
    return found;
}

/* "012 120 201": who has the turn, round by round. */
static char *order_of(MpTurns *turns, guint n_ways, guint n_turns)
{
    GString *order = g_string_new(NULL);
    guint round = mp_turns_round(turns);
    for (guint i = 0; i < n_turns; i++) {
        const guint way = holder(turns, n_ways);
        if (mp_turns_round(turns) != round)
            g_string_append_c(order, ' ');
        round = mp_turns_round(turns);
        g_string_append_printf(order, "%u", way);
        mp_turns_pass(turns, way);
    }
    return g_string_free(order, FALSE);
}

static void every_round_begins_with_another_way(void)
{
    g_autoptr(MpTurns) turns = new_joined(3);
    g_autofree char *order = order_of(turns, 3, 12);
    g_assert_cmpstr(order, ==, "012 120 201 012");
    g_assert_cmpuint(mp_turns_n_ways(turns), ==, 3);
}

/* Also where ways between them broke before they came. */
static void two_ways_of_many_begin_in_turn(void)
{
    g_autoptr(MpTurns) turns = mp_turns_new(6);
    join(turns, 1);
    join(turns, 4);
    for (guint i = 0; i < 6; i++)
        if (i != 1 && i != 4)
            mp_turns_leave(turns, i);
    g_autofree char *order = order_of(turns, 6, 8);
    g_assert_cmpstr(order, ==, "14 41 14 41");
}

static void nobody_begins_before_all_have_come_or_left(void)
{
    g_autoptr(MpTurns) turns = mp_turns_new(3);
    join(turns, 1);
    join(turns, 0);
    g_assert_cmpuint(holder(turns, 3), ==, G_MAXUINT);
    mp_turns_leave(turns, 2);
    g_assert_cmpuint(holder(turns, 3), ==, 0);
}

/* The second comes when the first has waited for a second and begun. */
static void one_that_is_slow_is_waited_for_a_second(void)
{
    g_autoptr(MpTurns) turns = mp_turns_new(2);
    const MpTime began = mp_clock_now();
    join(turns, 1);
    while (!mp_turns_is_mine(turns, 1))
        g_usleep(1000);
    g_assert_cmpint(mp_clock_now() - began, >=, MP_SEC(1));
    g_assert_true(mp_turns_is_first(turns, 1));
    join(turns, 0);
    g_assert_true(mp_turns_is_awaited(turns, 1));
    mp_turns_pass(turns, 1);
    g_autofree char *order = order_of(turns, 2, 4);
    g_assert_cmpstr(order, ==, "10 01");
}

static void a_way_that_goes_away_in_its_turn_leaves_it_to_the_next(void)
{
    g_autoptr(MpTurns) turns = new_joined(3);
    g_assert_true(mp_turns_is_mine(turns, 0));
    mp_turns_leave(turns, 0);
    g_assert_cmpuint(holder(turns, 3), ==, 1);
    mp_turns_leave(turns, 0);
    mp_turns_leave(turns, 2);
    g_assert_cmpuint(holder(turns, 3), ==, 1);
    g_assert_false(mp_turns_is_awaited(turns, 1));
    mp_turns_leave(turns, 1);
    g_assert_cmpuint(holder(turns, 3), ==, G_MAXUINT);
}

/* It restarts: the others go on, and it has its turn when it is back. */
static void a_way_that_steps_aside_keeps_nobody(void)
{
    g_autoptr(MpTurns) turns = new_joined(3);
    mp_turns_step_aside(turns, 0);
    g_autofree char *without = order_of(turns, 3, 4);
    g_assert_cmpstr(without, ==, "12 21");
    mp_turns_pass(turns, 0);
    /* The round in which it comes back has begun. */
    g_autofree char *with = order_of(turns, 3, 5);
    g_assert_cmpstr(with, ==, "12 012");
}

static void one_alone_keeps_its_turn(void)
{
    g_autoptr(MpTurns) turns = new_joined(2);
    mp_turns_finish(turns, 1);
    for (guint i = 0; i < 5; i++) {
        g_assert_true(mp_turns_is_mine(turns, 0));
        g_assert_false(mp_turns_is_awaited(turns, 0));
        mp_turns_pass(turns, 0);
    }
    g_assert_true(mp_turns_is_awaited(turns, 1));
    mp_turns_finish(turns, 0);
    g_assert_false(mp_turns_is_awaited(turns, 1));
}

/* One way is measured in full: the first that carries media, also when the one before breaks. */
static void the_first_way_that_carries_media_is_the_first(void)
{
    g_autoptr(MpTurns) turns = new_joined(3);
    g_assert_true(mp_turns_is_first(turns, 0));
    g_assert_false(mp_turns_is_first(turns, 1));
    mp_turns_leave(turns, 0);
    g_assert_true(mp_turns_is_first(turns, 1));
    g_assert_false(mp_turns_is_first(turns, 2));
    mp_turns_finish(turns, 1);
    mp_turns_leave(turns, 1);
    /* It was measured: who is left is not the first. */
    g_assert_false(mp_turns_is_first(turns, 2));
}

/* 4 + 0.6 s for the first, 1.5 + 0.6 s for each of the others. */
static void what_there_is_no_time_for_is_refused(void)
{
    g_autoptr(MpTurns) turns = mp_turns_new(4);
    for (guint i = 0; i < 4; i++) {
        const MpTurnsMember member = {
            .deadline = mp_clock_now() + MP_MSEC(7500), .full_time = FULL, .relayed_time = RELAYED};
        mp_turns_join(turns, i, &member);
    }
    g_assert_true(mp_turns_is_admitted(turns, 0) && mp_turns_is_admitted(turns, 1));
    g_assert_false(mp_turns_is_admitted(turns, 2) || mp_turns_is_admitted(turns, 3));
    g_autofree char *order = order_of(turns, 4, 4);
    g_assert_cmpstr(order, ==, "01 10");
}

static void the_first_has_what_time_there_is(void)
{
    g_autoptr(MpTurns) turns = mp_turns_new(2);
    for (guint i = 0; i < 2; i++) {
        const MpTurnsMember member = {
            .deadline = mp_clock_now() + MP_SEC(1), .full_time = FULL, .relayed_time = RELAYED};
        mp_turns_join(turns, i, &member);
    }
    g_assert_true(mp_turns_is_admitted(turns, 0));
    g_assert_false(mp_turns_is_admitted(turns, 1));
    g_assert_cmpuint(holder(turns, 2), ==, 0);
}

/* Threads with loops of their own, as calls are. */

typedef struct {
    MpTurns *turns;
    guint rank;
    guint leaves_after; /* turns */
    guint n_turns;
    gint *n_at_once;
    GThread *thread;
} Call;

static gboolean do_nothing(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

static gpointer run_call(gpointer data)
{
    Call *call = data;
    g_autoptr(GMainContext) loop = g_main_context_new();
    g_autoptr(GSource) second = g_timeout_source_new(1000);
    g_source_set_callback(second, do_nothing, NULL, NULL);
    g_source_attach(second, loop);
    const MpTurnsMember member = {.loop = loop,
                                  .deadline = mp_clock_now() + MP_SEC(60),
                                  .full_time = FULL,
                                  .relayed_time = RELAYED};
    mp_turns_join(call->turns, call->rank, &member);
    while (call->n_turns < call->leaves_after) {
        while (!mp_turns_is_mine(call->turns, call->rank))
            g_main_context_iteration(loop, TRUE);
        g_assert_true(g_atomic_int_compare_and_exchange(call->n_at_once, 0, 1));
        call->n_turns++;
        g_atomic_int_set(call->n_at_once, 0);
        if (call->n_turns % 7 == 3)
            mp_turns_step_aside(call->turns, call->rank);
        mp_turns_pass(call->turns, call->rank);
    }
    if (call->rank % 2)
        mp_turns_finish(call->turns, call->rank);
    mp_turns_leave(call->turns, call->rank);
    g_source_destroy(second);
    return NULL;
}

/* A turn is passed on without a second's wait, whoever leaves when: else this takes minutes. */
static void whoever_waits_is_woken(void)
{
    enum { N_CALLS = 6 };
    g_autoptr(MpTurns) turns = mp_turns_new(N_CALLS + 1);
    Call calls[N_CALLS];
    gint n_at_once = 0;
    const MpTime began = mp_clock_now();
    for (guint i = 0; i < N_CALLS; i++) {
        calls[i] = (Call){
            .turns = turns, .rank = i, .leaves_after = 10 + 37 * i, .n_at_once = &n_at_once};
        calls[i].thread = g_thread_new("call", run_call, &calls[i]);
    }
    mp_turns_leave(turns, N_CALLS);
    for (guint i = 0; i < N_CALLS; i++) {
        g_thread_join(calls[i].thread);
        g_assert_cmpuint(calls[i].n_turns, ==, calls[i].leaves_after);
    }
    g_assert_cmpint(mp_clock_now() - began, <, MP_SEC(30));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turns/order", every_round_begins_with_another_way);
    g_test_add_func("/turns/two-of-many", two_ways_of_many_begin_in_turn);
    g_test_add_func("/turns/opening", nobody_begins_before_all_have_come_or_left);
    g_test_add_func("/turns/slow", one_that_is_slow_is_waited_for_a_second);
    g_test_add_func("/turns/leaving", a_way_that_goes_away_in_its_turn_leaves_it_to_the_next);
    g_test_add_func("/turns/aside", a_way_that_steps_aside_keeps_nobody);
    g_test_add_func("/turns/alone", one_alone_keeps_its_turn);
    g_test_add_func("/turns/first", the_first_way_that_carries_media_is_the_first);
    g_test_add_func("/turns/no-time", what_there_is_no_time_for_is_refused);
    g_test_add_func("/turns/short-of-time", the_first_has_what_time_there_is);
    g_test_add_func("/turns/threads", whoever_waits_is_woken);
    return g_test_run();
}
