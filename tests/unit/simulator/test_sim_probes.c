/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a browser asks for more, and what it takes from the answer.
 */
#include <math.h>

#include "simulator/chromium.h"
#include "simulator/sim_probe_results.h"
#include "simulator/sim_probes.h"

#define NEED 1.732e6

static const MpChromiumCongestion *numbers(void)
{
    return &mp_chromium_newest()->congestion;
}

static MpSimProbes started(gboolean is_periodic)
{
    MpSimProbes probes;
    mp_sim_probes_start(&probes, numbers(), 0, NEED, is_periodic);
    return probes;
}

/* The rates that are asked for, and none more. */
static void assert_asks(MpSimProbes *probes, double first, double second)
{
    const double rates[] = {first, second};
    MpSimProbe probe;
    for (guint i = 0; i < G_N_ELEMENTS(rates) && rates[i] > 0; i++) {
        g_assert_true(mp_sim_probes_take(probes, &probe));
        g_assert_cmpfloat(probe.rate_bps, ==, rates[i]);
        g_assert_cmpuint(probe.least_packets, ==, 5);
        g_assert_cmpuint(probe.least_bytes, ==, (guint)(rates[i] / 8 * 0.015));
        g_assert_cmpint(probe.step, ==, MP_MSEC(2));
    }
    g_assert_false(mp_sim_probes_take(probes, &probe));
}

static void estimate(MpSimProbes *probes, MpTime now, double bps)
{
    mp_sim_probes_set_estimate(probes, &numbers()->probes, now, bps, MP_SIM_CAUSE_DELAY);
}

static void the_first_are_three_and_six_times_the_start(void)
{
    MpSimProbes probes = started(FALSE);
    assert_asks(&probes, 900e3, 1800e3);
    estimate(&probes, MP_MSEC(200), 850e3);
    assert_asks(&probes, 0, 0);
    estimate(&probes, MP_MSEC(210), 1.7e6); /* more than 70 % of it came */
    assert_asks(&probes, 3.4e6, 0);
    estimate(&probes, MP_MSEC(300), 3.3e6); /* and twice the need is enough */
    assert_asks(&probes, 2 * NEED, 0);
    estimate(&probes, MP_MSEC(400), 3.4e6);
    assert_asks(&probes, 0, 0);
}

static void an_answer_is_waited_for_one_second(void)
{
    MpSimProbes probes = started(FALSE);
    assert_asks(&probes, 900e3, 1800e3);
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_MSEC(1001));
    estimate(&probes, MP_MSEC(1100), 1.7e6);
    assert_asks(&probes, 0, 0);
}

static void nothing_is_asked_while_delay_or_loss_limits(void)
{
    static const MpSimCause causes[] = {MP_SIM_CAUSE_DELAY_CHANGES, MP_SIM_CAUSE_LOSS,
                                        MP_SIM_CAUSE_ROUND_TRIP};
    for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
        MpSimProbes probes = started(FALSE);
        assert_asks(&probes, 900e3, 1800e3);
        mp_sim_probes_set_estimate(&probes, &numbers()->probes, MP_MSEC(200), 1.7e6, causes[i]);
        assert_asks(&probes, 0, 0);
    }
}

static MpSimProbes settled(gboolean is_periodic, double bps)
{
    MpSimProbes probes = started(is_periodic);
    assert_asks(&probes, 900e3, 1800e3);
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_MSEC(1001));
    estimate(&probes, MP_SEC(2), bps);
    probes.is_limited = TRUE;
    probes.limited_since = MP_SEC(3);
    return probes;
}

static void a_screen_that_rests_is_asked_every_five_seconds(void)
{
    MpSimProbes probes = settled(TRUE, 1e6);
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_MSEC(7999));
    assert_asks(&probes, 0, 0);
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_SEC(8));
    assert_asks(&probes, 2e6, 0);
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_MSEC(9001));
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_MSEC(12999));
    assert_asks(&probes, 0, 0);
    mp_sim_probes_tick(&probes, &numbers()->probes, MP_SEC(13));
    assert_asks(&probes, 2e6, 0);

    MpSimProbes camera = settled(FALSE, 1e6);
    mp_sim_probes_tick(&camera, &numbers()->probes, MP_SEC(20));
    assert_asks(&camera, 0, 0);
}

static void a_larger_need_is_asked_for(void)
{
    MpSimProbes probes = settled(FALSE, 2e6);
    mp_sim_probes_set_need(&probes, &numbers()->probes, MP_SEC(10), 2.5e6);
    assert_asks(&probes, 2.5e6, 4e6);
    probes = settled(FALSE, 2e6);
    mp_sim_probes_set_need(&probes, &numbers()->probes, MP_SEC(10), 1.9e6);
    assert_asks(&probes, 0, 0);
    probes.is_limited = FALSE;
    mp_sim_probes_set_need(&probes, &numbers()->probes, MP_SEC(10), 2.5e6);
    assert_asks(&probes, 0, 0);
}

static void what_was_lost_in_a_drop_is_asked_for_once(void)
{
    MpSimProbes probes = settled(FALSE, 3e6);
    estimate(&probes, MP_SEC(20), 1.5e6);
    mp_sim_probes_recovered(&probes, &numbers()->probes, MP_SEC(21));
    assert_asks(&probes, 0.85 * 3e6, 0);
    mp_sim_probes_recovered(&probes, &numbers()->probes, MP_SEC(22));
    assert_asks(&probes, 0, 0);

    probes = settled(FALSE, 3e6);
    estimate(&probes, MP_SEC(20), 1.5e6);
    mp_sim_probes_recovered(&probes, &numbers()->probes, MP_SEC(26));
    assert_asks(&probes, 0, 0);
}

/* `n` packets of 1250 bytes, sent and received so far apart. */
static double answer(gint64 sent_ms, gint64 received_ms, guint n)
{
    MpSimProbeResults results = {0};
    const MpSimProbe probe = {.cluster = 3, .least_packets = 5, .least_bytes = 6250};
    mp_sim_probe_results_expect(&results, &probe);
    double bps = NAN;
    for (guint i = 0; i < n; i++) {
        const MpSimReport report = {i, 1250, MP_MSEC(sent_ms) * i,
                                    MP_MSEC(40) + MP_MSEC(received_ms) * i, 3};
        bps = mp_sim_probe_results_take(&results, &numbers()->probes, &report);
    }
    return bps;
}

static void the_answer_is_the_smaller_rate(void)
{
    g_assert_cmpfloat(answer(5, 5, 6), ==, 2e6);
    g_assert_cmpfloat(answer(5, 4, 6), ==, 2e6);
    /* The link is full: a little less than what came. */
    g_assert_cmpfloat(answer(5, 10, 6), ==, 0.95e6);
}

static void four_of_five_packets_are_an_answer(void)
{
    g_assert_true(isnan(answer(5, 5, 3)));
    g_assert_cmpfloat(answer(5, 5, 4), ==, 2e6);
    /* All at once: something held them. */
    g_assert_true(isnan(answer(5, 1, 6)));
    g_assert_true(isnan(answer(5, 0, 6)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/first", the_first_are_three_and_six_times_the_start);
    g_test_add_func("/wait", an_answer_is_waited_for_one_second);
    g_test_add_func("/limited", nothing_is_asked_while_delay_or_loss_limits);
    g_test_add_func("/periodic", a_screen_that_rests_is_asked_every_five_seconds);
    g_test_add_func("/need", a_larger_need_is_asked_for);
    g_test_add_func("/drop", what_was_lost_in_a_drop_is_asked_for_once);
    g_test_add_func("/answer/rate", the_answer_is_the_smaller_rate);
    g_test_add_func("/answer/packets", four_of_five_packets_are_an_answer);
    return g_test_run();
}
