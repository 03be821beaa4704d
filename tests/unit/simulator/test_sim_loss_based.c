/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that loss allows.
 */
#include <math.h>

#include "simulator/chromium.h"
#include "simulator/sim_loss_based.h"
#include "simulator/sim_target.h"

/* One packet of 1250 bytes every 10 ms: 1 Mbit/s. */
#define SIZE 1250
#define INTERVAL MP_MSEC(10)
#define SENT_BPS 1e6

typedef struct {
    MpSimLossBased loss;
    guint32 sequence;
    MpTime now;
} Path;

static const MpChromiumCongestion *numbers(void)
{
    return &mp_chromium_newest()->congestion;
}

static Path path_new(void)
{
    Path path = {0};
    mp_sim_loss_based_start(&path.loss, numbers());
    return path;
}

/* Feedback of `seconds` every 50 ms, in which every n-th packet is lost; 0: none. */
static void hear(Path *path, guint seconds, guint every, double delay_bps, gboolean is_limited)
{
    for (guint i = 0; i < seconds * 20; i++) {
        MpSimReport reports[5];
        for (guint j = 0; j < G_N_ELEMENTS(reports); j++) {
            const guint32 sequence = path->sequence++;
            const gboolean is_lost = every > 0 && sequence % every == 0;
            reports[j] = (MpSimReport){.transport_sequence = sequence,
                                       .size = SIZE,
                                       .sent = path->now,
                                       .received = is_lost ? MP_NEVER : path->now + MP_MSEC(25),
                                       .probe = -1};
            path->now += INTERVAL;
        }
        const double acked = SENT_BPS * (every > 0 ? 1 - 1.0 / every : 1);
        mp_sim_loss_based_report(&path->loss, numbers(), reports, 5, acked, delay_bps, is_limited);
    }
}

static void three_observations_of_a_quarter_second_are_needed(void)
{
    Path path = path_new();
    hear(&path, 1, 0, 4e6, TRUE);
    g_assert_cmpuint(path.loss.model.count, ==, 3);
    g_assert_true(mp_sim_loss_based_is_ready(&path.loss, numbers()));
    path = path_new();
    hear(&path, 0, 0, 4e6, TRUE);
    g_assert_false(mp_sim_loss_based_is_ready(&path.loss, numbers()));
}

static void no_loss_is_no_limit(void)
{
    Path path = path_new();
    hear(&path, 20, 0, 4e6, TRUE);
    g_assert_cmpint(path.loss.state, ==, MP_SIM_LOSS_NO_LIMIT);
    g_assert_cmpfloat(path.loss.bps, ==, 4e6);
}

static void two_percent_is_inherent(void)
{
    Path path = path_new();
    hear(&path, 20, 50, 4e6, TRUE);
    g_assert_cmpfloat(path.loss.bps, ==, 4e6);
    g_assert_cmpfloat(fabs(path.loss.model.average_loss - 0.02), <, 0.005);
}

/* 100 kbit/s over what is beyond 5 %: 12.5 % bound it to 1.33 Mbit/s. */
static void loss_beyond_five_percent_bounds_it(void)
{
    Path path = path_new();
    hear(&path, 5, 8, 4e6, TRUE);
    const double loss = path.loss.model.average_loss;
    g_assert_cmpfloat(fabs(loss - 0.125), <, 0.01);
    g_assert_cmpfloat(path.loss.bps, <=, 100e3 / (loss - 0.05) * 1.001);
    g_assert_cmpfloat(path.loss.bps, >=, SENT_BPS * 0.875);
    g_assert_cmpint(path.loss.state, !=, MP_SIM_LOSS_NO_LIMIT);
}

/* It is not taken below what arrives. */
static void what_arrives_is_the_least(void)
{
    Path path = path_new();
    hear(&path, 30, 3, 4e6, FALSE);
    g_assert_cmpfloat(fabs(path.loss.bps - SENT_BPS * 2 / 3), <, SENT_BPS * 0.01);
    g_assert_cmpint(path.loss.state, ==, MP_SIM_LOSS_DECREASING);
}

/* Never by more than 20 to 50 % of what arrives, so that it takes some seconds. */
static void it_grows_in_steps_when_loss_ends(void)
{
    Path path = path_new();
    hear(&path, 20, 5, 4e6, FALSE);
    const double low = path.loss.bps;
    g_assert_cmpfloat(low, <, 1.2e6);
    hear(&path, 1, 0, 4e6, FALSE);
    g_assert_cmpfloat(path.loss.bps, <, 1.6e6);
    hear(&path, 9, 0, 4e6, FALSE);
    g_assert_cmpfloat(path.loss.bps, >, low * 1.1);
    g_assert_cmpint(path.loss.state, ==, MP_SIM_LOSS_INCREASING);
}

/* Holds last 300 ms, 600 ms, 1.2 s ... */
static void each_hold_is_twice_as_long(void)
{
    Path path = path_new();
    g_assert_cmpint(path.loss.hold.span_ms, ==, 300);
    hear(&path, 3, 5, 4e6, FALSE);
    g_assert_cmpint(path.loss.hold.span_ms, ==, 600);
    hear(&path, 20, 0, 1.1e6, FALSE);
    g_assert_cmpint(path.loss.state, ==, MP_SIM_LOSS_NO_LIMIT);
    g_assert_cmpint(path.loss.hold.span_ms, ==, 300);
}

static void a_packet_that_was_only_late_is_not_lost(void)
{
    MpSimLossModel model;
    mp_sim_loss_model_start(&model, &numbers()->loss_based);
    MpSimReport reports[4];
    for (guint i = 0; i < 4; i++)
        reports[i] = (MpSimReport){i, SIZE, MP_MSEC(20) * i, i == 1 ? MP_NEVER : MP_MSEC(50), -1};
    g_assert_false(mp_sim_loss_model_report(&model, &numbers()->loss_based, reports, 4));
    g_assert_cmpuint(model.lost, ==, SIZE);
    reports[1].received = MP_MSEC(90);
    g_assert_false(mp_sim_loss_model_report(&model, &numbers()->loss_based, &reports[1], 1));
    g_assert_cmpuint(model.lost, ==, 0);
}

static void the_worst_and_the_best_observation_are_left_out(void)
{
    Path path = path_new();
    hear(&path, 10, 50, 4e6, TRUE);
    hear(&path, 1, 2, 4e6, TRUE); /* four observations of 50 % */
    g_assert_cmpfloat(path.loss.model.average_loss, >, 0.1);
    path = path_new();
    hear(&path, 10, 50, 4e6, TRUE);
    MpSimReport reports[26];
    for (guint i = 0; i < 26; i++)
        reports[i] = (MpSimReport){path.sequence++, SIZE, path.now + INTERVAL * i,
                                   i < 13 ? MP_NEVER : path.now + MP_SEC(1), -1};
    mp_sim_loss_based_report(&path.loss, numbers(), reports, 26, SENT_BPS, 4e6, TRUE);
    g_assert_cmpfloat(path.loss.model.average_loss, <, 0.03);
}

/* Half of 1 Mbit/s is lost: that a link of 500 kbit/s was too small explains it. */
static void what_is_sent_beyond_the_link_is_lost(void)
{
    Path path = path_new();
    hear(&path, 5, 2, 4e6, TRUE);
    const double small = mp_sim_loss_model_objective(&path.loss.model, &numbers()->loss_based, 0.01,
                                                     500e3);
    const double large = mp_sim_loss_model_objective(&path.loss.model, &numbers()->loss_based, 0.01,
                                                     2e6);
    g_assert_cmpfloat(small, >, large);
    /* And leaves less to be inherent. */
    const double step_small = mp_sim_loss_model_step(&path.loss.model, &numbers()->loss_based, 0.1,
                                                     500e3);
    const double step_large = mp_sim_loss_model_step(&path.loss.model, &numbers()->loss_based, 0.1,
                                                     2e6);
    g_assert_cmpfloat(step_small, <, 0.1);
    g_assert_cmpfloat(step_large, >, 0.1);
}

/* A receiver report tells the loss of at least 20 packets. */
static void receiver_reports_tell_loss_to_the_encoders(void)
{
    g_autofree MpSimTarget *target = g_new(MpSimTarget, 1);
    mp_sim_target_start(target, numbers(), 0);
    MpSimReport reports[15];
    for (guint i = 0; i < 15; i++)
        reports[i] = (MpSimReport){i, SIZE, MP_MSEC(i), i < 3 ? MP_NEVER : MP_MSEC(50), -1};
    mp_sim_target_report(target, numbers(), MP_MSEC(60), reports, 15, NAN, FALSE);
    mp_sim_target_receiver_report(target, numbers(), MP_SEC(1));
    g_assert_cmpfloat(target->loss, ==, 0);
    mp_sim_target_report(target, numbers(), MP_MSEC(1060), reports, 15, NAN, FALSE);
    mp_sim_target_receiver_report(target, numbers(), MP_SEC(2));
    g_assert_cmpfloat(target->loss, ==, 0.2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observations", three_observations_of_a_quarter_second_are_needed);
    g_test_add_func("/none", no_loss_is_no_limit);
    g_test_add_func("/inherent", two_percent_is_inherent);
    g_test_add_func("/bound", loss_beyond_five_percent_bounds_it);
    g_test_add_func("/least", what_arrives_is_the_least);
    g_test_add_func("/growth", it_grows_in_steps_when_loss_ends);
    g_test_add_func("/hold", each_hold_is_twice_as_long);
    g_test_add_func("/late", a_packet_that_was_only_late_is_not_lost);
    g_test_add_func("/trimmed", the_worst_and_the_best_observation_are_left_out);
    g_test_add_func("/beyond", what_is_sent_beyond_the_link_is_lost);
    g_test_add_func("/reports", receiver_reports_tell_loss_to_the_encoders);
    return g_test_run();
}
