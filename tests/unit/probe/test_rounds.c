/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where ways meet, and when each of them asks.
 */
#include "probe/rounds.h"

#include "base/clock.h"

#define QUICK MP_MSEC(10)

typedef struct {
    MpRounds *rounds;
    MpTime round_trip;
    MpRoundsPlace place;
    gboolean has_place;
    MpTime took;
    GThread *thread;
} Way;

static gpointer join(gpointer data)
{
    Way *way = data;
    const MpTime began = mp_clock_now();
    way->has_place = mp_rounds_join(way->rounds, way->round_trip, NULL, &way->place);
    way->took = mp_clock_now() - began;
    return NULL;
}

static void join_all(Way *ways, guint n, MpRounds *rounds)
{
    for (guint i = 0; i < n; i++) {
        ways[i].rounds = rounds;
        ways[i].thread = g_thread_new("way", join, &ways[i]);
    }
    for (guint i = 0; i < n; i++)
        g_thread_join(ways[i].thread);
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const MpTime first = ((const Way *)a)->place.start;
    const MpTime second = ((const Way *)b)->place.start;
    return first < second ? -1 : first > second;
}

/* A B C, A B C: each has its turn in a round of 50 ms, ten times. */
static void ways_ask_in_turn(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(3);
    Way ways[3] = {{.round_trip = QUICK}, {.round_trip = QUICK}, {.round_trip = QUICK}};
    join_all(ways, 3, rounds);
    qsort(ways, 3, sizeof ways[0], by_start);
    for (guint i = 0; i < 3; i++) {
        g_assert_true(ways[i].has_place);
        g_assert_cmpuint(ways[i].place.n_ways, ==, 3);
        g_assert_cmpuint(ways[i].place.n_rounds, ==, 10);
        g_assert_cmpuint(ways[i].place.first, ==, 0);
        g_assert_cmpint(ways[i].place.interval, ==, MP_MSEC(50));
        g_assert_cmpint(ways[i].place.start - ways[0].place.start, ==, MP_MSEC(50) * i / 3);
    }
}

/* Half as long again as the longest round trip, and no more than two seconds in all. */
static void the_longest_way_sets_the_pace(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(2);
    Way ways[2] = {{.round_trip = QUICK}, {.round_trip = MP_MSEC(200)}};
    join_all(ways, 2, rounds);
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(ways[i].place.interval, ==, MP_MSEC(300));
        g_assert_cmpuint(ways[i].place.n_rounds, ==, 6);
    }
}

static void nobody_waits_for_one_that_has_left(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(3);
    Way ways[2] = {{.round_trip = QUICK}, {.round_trip = QUICK}};
    mp_rounds_leave(rounds);
    join_all(ways, 2, rounds);
    for (guint i = 0; i < 2; i++) {
        g_assert_true(ways[i].has_place);
        g_assert_cmpuint(ways[i].place.n_ways, ==, 2);
    }
}

static void one_alone_has_nobody_to_be_compared_with(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(2);
    MpRoundsPlace place;
    mp_rounds_leave(rounds);
    g_assert_false(mp_rounds_join(rounds, QUICK, NULL, &place));
}

/* Over a satellite the ladder has no time to spare; the others do not wait for it. */
static void a_very_long_way_does_not_take_part(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(3);
    Way ways[2] = {{.round_trip = QUICK}, {.round_trip = QUICK}};
    MpRoundsPlace place;
    g_assert_false(mp_rounds_join(rounds, MP_MSEC(600), NULL, &place));
    join_all(ways, 2, rounds);
    g_assert_true(ways[0].has_place && ways[1].has_place);
}

/* The third comes when the two others have waited long enough and begun. */
static void one_that_comes_late_takes_what_is_left(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(3);
    Way ways[2] = {{.round_trip = QUICK}, {.round_trip = QUICK}};
    Way late = {.rounds = rounds, .round_trip = QUICK};
    join_all(ways, 2, rounds);
    g_assert_cmpint(MAX(ways[0].took, ways[1].took), >=, MP_MSEC(500));
    join(&late);
    /* A machine that stands still for half a second may find it over. */
    if (!late.has_place)
        return;
    g_assert_cmpuint(late.place.first, >=, 1);
    g_assert_cmpuint(late.place.first, <, 10);
    g_assert_cmpint(late.place.interval, ==, ways[0].place.interval);
}

static void who_is_cancelled_waits_for_nobody(void)
{
    g_autoptr(MpRounds) rounds = mp_rounds_new(2);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    MpRoundsPlace place;
    g_cancellable_cancel(cancellable);
    g_assert_false(mp_rounds_join(rounds, QUICK, cancellable, &place));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rounds/turns", ways_ask_in_turn);
    g_test_add_func("/rounds/pace", the_longest_way_sets_the_pace);
    g_test_add_func("/rounds/left", nobody_waits_for_one_that_has_left);
    g_test_add_func("/rounds/alone", one_alone_has_nobody_to_be_compared_with);
    g_test_add_func("/rounds/long-way", a_very_long_way_does_not_take_part);
    g_test_add_func("/rounds/late", one_that_comes_late_takes_what_is_left);
    g_test_add_func("/rounds/cancelled", who_is_cancelled_waits_for_nobody);
    return g_test_run();
}
