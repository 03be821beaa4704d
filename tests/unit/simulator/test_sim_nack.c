/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a missing packet is asked for, and how often.
 */
#include "simulator/chromium.h"
#include "simulator/sim_nack.h"

static MpSimNack nack;

static void begin(MpTime round_trip)
{
    mp_sim_nack_init(&nack, &mp_chromium_newest()->playout.nack, 0);
    nack.round_trip = round_trip;
}

static guint arrive(MpTime now, guint32 sequence)
{
    return mp_sim_nack_arrived(&nack, now, sequence, FALSE);
}

/* What is asked for now, as text: "3 4". */
static char *asked(void)
{
    g_autoptr(GArray) sequences = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GString) text = g_string_new(NULL);
    mp_sim_nack_take(&nack, sequences);
    for (guint i = 0; i < sequences->len; i++)
        g_string_append_printf(text, "%s%u", i ? " " : "", g_array_index(sequences, guint32, i));
    return g_strdup(text->str);
}

static void expect_asked(const char *expected)
{
    g_autofree char *text = asked();
    g_assert_cmpstr(text, ==, expected);
}

static void a_gap_is_asked_for_at_once(void)
{
    begin(MP_MSEC(100));
    arrive(MP_MSEC(1), 10);
    arrive(MP_MSEC(2), 13);
    expect_asked("11 12");
    expect_asked("");
}

/* At 3 ms; a round trip later, at 103, at the next tick of 20 ms. */
static void it_is_asked_for_again_each_round_trip(void)
{
    begin(MP_MSEC(100));
    arrive(MP_MSEC(2), 1);
    arrive(MP_MSEC(3), 3);
    expect_asked("2");
    g_assert_cmpint(mp_sim_nack_deadline(&nack), ==, MP_MSEC(120));
    mp_sim_nack_advance(&nack, MP_MSEC(119));
    expect_asked("");
    mp_sim_nack_advance(&nack, MP_MSEC(120));
    expect_asked("2");
    g_assert_cmpint(mp_sim_nack_deadline(&nack), ==, MP_MSEC(220));
    g_assert_cmpuint(arrive(MP_MSEC(150), 2), ==, 2);
    g_assert_cmpint(mp_sim_nack_deadline(&nack), ==, MP_NEVER);
}

static void a_packet_is_given_up_after_a_hundred_times(void)
{
    begin(MP_MSEC(20));
    arrive(0, 1);
    arrive(0, 3);
    guint n = 1;
    g_free(asked());
    for (MpTime now; (now = mp_sim_nack_deadline(&nack)) != MP_NEVER; n++) {
        mp_sim_nack_advance(&nack, now);
        expect_asked("2");
    }
    g_assert_cmpuint(n, ==, 100);
}

static void too_many_are_asked_for_by_a_key_frame(void)
{
    begin(MP_MSEC(100));
    arrive(0, 1);
    arrive(0, 1002);
    g_assert_false(mp_sim_nack_overflowed(&nack));
    g_assert_cmpuint(nack.n_missing, ==, 1000);
    arrive(0, 1004);
    g_assert_true(mp_sim_nack_overflowed(&nack));
    g_assert_false(mp_sim_nack_overflowed(&nack));
    g_assert_cmpuint(nack.n_missing, ==, 0);
}

static void what_was_repaired_is_no_gap(void)
{
    begin(MP_MSEC(100));
    arrive(0, 1);
    mp_sim_nack_arrived(&nack, 0, 3, TRUE);
    expect_asked("");
    arrive(0, 5);
    expect_asked("2 4");
}

static void what_passed_the_missing_tells_of_it(void)
{
    begin(MP_MSEC(100));
    arrive(0, 1);
    mp_sim_nack_passed(&nack, 0, 3);
    expect_asked("2 3");
    g_assert_cmpuint(arrive(MP_MSEC(1), 3), ==, 1);
    arrive(MP_MSEC(2), 4);
    expect_asked("");
}

static void a_key_frame_makes_what_is_before_it_needless(void)
{
    begin(MP_MSEC(100));
    arrive(0, 1);
    arrive(0, 4);
    arrive(0, 6);
    expect_asked("2 3 5");
    mp_sim_nack_forget_before(&nack, 4);
    mp_sim_nack_advance(&nack, mp_sim_nack_deadline(&nack));
    expect_asked("5");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/simulator/sim_nack/gap", a_gap_is_asked_for_at_once);
    g_test_add_func("/simulator/sim_nack/again", it_is_asked_for_again_each_round_trip);
    g_test_add_func("/simulator/sim_nack/given_up", a_packet_is_given_up_after_a_hundred_times);
    g_test_add_func("/simulator/sim_nack/too_many", too_many_are_asked_for_by_a_key_frame);
    g_test_add_func("/simulator/sim_nack/repaired", what_was_repaired_is_no_gap);
    g_test_add_func("/simulator/sim_nack/passed", what_passed_the_missing_tells_of_it);
    g_test_add_func("/simulator/sim_nack/forget", a_key_frame_makes_what_is_before_it_needless);
    return g_test_run();
}
