/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a sender hears of each packet, and how often.
 */
#include "simulator/sim_feedback.h"

typedef struct {
    MpSimSentMemory sent;
    MpSimArrivals arrivals;
    MpSimFeedback feedback;
    MpSimReport reports[16];
    guint n_reports;
    MpTime round_trip;
} World;

static World *world_new(void)
{
    World *world = g_new0(World, 1);
    for (guint32 i = 0; i < 8; i++) {
        const MpSimPacket packet = {
            .size = 1000 + i, .transport_sequence = i, .probe = -1, .sent = MP_MSEC(10) * i};
        mp_sim_sent_remember(&world->sent, &packet);
    }
    return world;
}

static void hear(World *world, MpTime written)
{
    g_assert_true(mp_sim_feedback_write(&world->arrivals, written, &world->feedback));
    world->n_reports = mp_sim_feedback_read(&world->feedback, &world->sent, &world->arrivals,
                                            written + MP_MSEC(20), world->reports, 16,
                                            &world->round_trip);
}

static void a_gap_is_told_lost(void)
{
    g_autofree World *world = world_new();
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(30), 0);
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(50), 2);
    hear(world, MP_MSEC(60));
    g_assert_cmpuint(world->n_reports, ==, 3);
    g_assert_cmpint(world->reports[0].received, ==, MP_MSEC(30));
    g_assert_cmpuint(world->reports[1].size, ==, 1001);
    g_assert_cmpint(world->reports[1].received, ==, MP_NEVER);
    g_assert_cmpint(world->reports[2].received, ==, MP_MSEC(50));
    g_assert_cmpint(world->round_trip, ==, MP_MSEC(30) + MP_MSEC(20));
    g_assert_false(mp_sim_feedback_write(&world->arrivals, MP_MSEC(70), &world->feedback));
}

/* The far end tells all from the late one on again; what was told received is known already. */
static void what_was_late_is_told_and_nothing_is_told_twice(void)
{
    g_autofree World *world = world_new();
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(30), 0);
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(60), 3);
    hear(world, MP_MSEC(65));
    g_assert_cmpuint(world->n_reports, ==, 4);
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(70), 1);
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(80), 4);
    hear(world, MP_MSEC(85));
    g_assert_cmpuint(world->n_reports, ==, 3);
    g_assert_cmpuint(world->reports[0].transport_sequence, ==, 1);
    g_assert_cmpint(world->reports[0].received, ==, MP_MSEC(70));
    g_assert_cmpuint(world->reports[1].transport_sequence, ==, 2);
    g_assert_cmpint(world->reports[1].received, ==, MP_NEVER);
    g_assert_cmpuint(world->reports[2].transport_sequence, ==, 4);
}

/* Feedback that is lost is not sent again. */
static void a_lost_feedback_tells_nothing(void)
{
    g_autofree World *world = world_new();
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(30), 0);
    g_assert_true(mp_sim_feedback_write(&world->arrivals, MP_MSEC(35), &world->feedback));
    mp_sim_arrivals_take(&world->arrivals, MP_MSEC(40), 1);
    hear(world, MP_MSEC(45));
    g_assert_cmpuint(world->n_reports, ==, 1);
    g_assert_cmpuint(world->reports[0].transport_sequence, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gap", a_gap_is_told_lost);
    g_test_add_func("/late", what_was_late_is_told_and_nothing_is_told_twice);
    g_test_add_func("/lost", a_lost_feedback_tells_nothing);
    return g_test_run();
}
