/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a browser's congestion control settles on links of all kinds.
 */
#include "tests/support/sim_sender.h"

/* A camera of 640x480 (1.7 Mbit/s) and audio. */
#define CAMERA_BPS 1732e3
#define SCREEN_BPS 2532e3

static SimSenderSetup camera_over(const MpLink *link)
{
    return (SimSenderSetup){
        .link = &link->up,
        .back = link->up.conditions.delay,
        .most_bps = CAMERA_BPS,
        .seconds = 60,
        .seed = 1,
    };
}

static MpLink *link_of(MpTime delay, guint64 rate_bps, MpTime queue, double loss)
{
    MpLink *link = mp_link_new();
    link->up.conditions.delay = delay;
    link->up.conditions.rate_bps = rate_bps;
    link->up.conditions.queue.limit_time = queue;
    link->up.conditions.loss = mp_link_loss_independent(loss);
    return link;
}

static double settled_kbps(MpTime delay, guint64 rate_bps, MpTime queue, double loss)
{
    g_autoptr(MpLink) link = link_of(delay, rate_bps, queue, loss);
    const SimSenderSetup setup = camera_over(link);
    g_autoptr(SimSender) sender = sim_sender_run(&setup);
    return sim_sender_mean(sender->target_kbps, 10);
}

static void assert_between(double value, double least, double most)
{
    g_assert_cmpfloat(value, >=, least);
    g_assert_cmpfloat(value, <=, most);
}

/* Probes ask for at most twice what the encoders can use; real calls show 3.3 to 3.8 Mbit/s. */
static void a_clean_link_is_known_within_two_seconds(void)
{
    for (MpTime delay = MP_MSEC(10); delay <= MP_MSEC(150); delay += MP_MSEC(70)) {
        g_autoptr(MpLink) link = link_of(delay, 0, 0, 0);
        SimSenderSetup setup = camera_over(link);
        setup.seconds = 10;
        g_autoptr(SimSender) sender = sim_sender_run(&setup);
        assert_between(sim_sender_mean(sender->target_kbps, 2), 3200, 3900);
    }
}

static void a_full_link_is_used_but_for_a_tenth(void)
{
    assert_between(settled_kbps(MP_MSEC(25), 300000, MP_MSEC(300), 0), 255, 300);
    assert_between(settled_kbps(MP_MSEC(25), 600000, MP_MSEC(1000), 0), 520, 590);
    assert_between(settled_kbps(MP_MSEC(25), 1000000, MP_MSEC(300), 0), 850, 980);
    assert_between(settled_kbps(MP_MSEC(25), 1000000, MP_MSEC(1000), 0), 850, 980);
}

static void a_queue_does_not_stay_full(void)
{
    g_autoptr(MpLink) link = link_of(MP_MSEC(25), 1000000, MP_SEC(3), 0);
    const SimSenderSetup setup = camera_over(link);
    g_autoptr(SimSender) sender = sim_sender_run(&setup);
    g_assert_cmpint(sender->longest_queue, <, MP_MSEC(400));
}

static void little_loss_does_not_limit(void)
{
    const double clean = settled_kbps(MP_MSEC(20), 0, 0, 0);
    g_assert_cmpfloat(settled_kbps(MP_MSEC(20), 0, 0, 0.02), >, clean * 0.95);
    g_assert_cmpfloat(settled_kbps(MP_MSEC(150), 0, 0, 0.05), >, clean * 0.95);
}

/* Real calls: 1.1 to 1.7 Mbit/s at 10 %, 0.1 to 0.8 at 15 %, 0.1 to 0.4 at 20 %. */
static void much_loss_limits(void)
{
    assert_between(settled_kbps(MP_MSEC(20), 0, 0, 0.1), 1000, 2100);
    assert_between(settled_kbps(MP_MSEC(20), 0, 0, 0.15), 100, 1000);
    assert_between(settled_kbps(MP_MSEC(20), 0, 0, 0.2), 84.4, 400);
}

/* While loss limits and the rate grows, padding asks whether more would be lost. */
static void a_loss_limited_sender_pads(void)
{
    g_autoptr(MpLink) link = link_of(MP_MSEC(20), 0, 0, 0.1);
    const SimSenderSetup setup = camera_over(link);
    g_autoptr(SimSender) sender = sim_sender_run(&setup);
    g_assert_cmpfloat(sim_sender_mean(sender->padding_kbps, 10), >, 5);

    link->up.conditions.loss = mp_link_loss_independent(0);
    g_autoptr(SimSender) clean = sim_sender_run(&setup);
    g_assert_cmpfloat(sim_sender_mean(clean->padding_kbps, 10), ==, 0);
}

static void correlated_jitter_looks_like_a_queue(void)
{
    g_autoptr(MpLink) link = link_of(MP_MSEC(50), 0, 0, 0);
    link->up.conditions.jitter = (MpLinkJitter){
        .distribution = MP_JITTER_NORMAL, .scale = MP_MSEC(30), .correlation_time = MP_MSEC(100)};
    const SimSenderSetup setup = camera_over(link);
    g_autoptr(SimSender) sender = sim_sender_run(&setup);
    assert_between(sim_sender_mean(sender->target_kbps, 10), 84.4, 500);
}

/* A screen that rests is asked every five seconds; a camera is not. */
static void a_resting_screen_is_probed(void)
{
    g_autoptr(MpLink) link = link_of(MP_MSEC(25), 0, 0, 0);
    SimSenderSetup setup = camera_over(link);
    setup.most_bps = SCREEN_BPS;
    setup.rest_bps = 100e3;
    g_autoptr(SimSender) camera = sim_sender_run(&setup);
    g_assert_cmpfloat(sim_sender_mean(camera->padding_kbps, 10), ==, 0);
    setup.is_screen = TRUE;
    g_autoptr(SimSender) screen = sim_sender_run(&setup);
    g_assert_cmpfloat(sim_sender_mean(screen->padding_kbps, 10), >, 1);
    assert_between(sim_sender_mean(screen->target_kbps, 5), 4800, 6500);
}

/* Three seconds without feedback, and the rate falls by a fifth every second. */
static void an_outage_is_survived(void)
{
    g_autoptr(MpLink) link = link_of(MP_MSEC(25), 2000000, MP_MSEC(200), 0);
    const MpLinkOutage outage = {MP_OUTAGE_DROPS, MP_SEC(20), MP_SEC(6), 0};
    g_array_append_val(link->up.outages, outage);
    const SimSenderSetup setup = camera_over(link);
    g_autoptr(SimSender) sender = sim_sender_run(&setup);
    const double *target = (const double *)(void *)sender->target_kbps->data;
    g_assert_cmpfloat(target[21], >, target[19] * 0.99);
    g_assert_cmpfloat(target[25], <, target[19] * 0.8 * 0.81);
    g_assert_cmpfloat(sim_sender_mean(sender->target_kbps, 50), >, 1200);
}

static void one_seed_is_one_call(void)
{
    g_autoptr(MpLink) link = link_of(MP_MSEC(40), 800000, MP_MSEC(100), 0.03);
    const SimSenderSetup setup = camera_over(link);
    g_autoptr(SimSender) one = sim_sender_run(&setup);
    g_autoptr(SimSender) other = sim_sender_run(&setup);
    g_assert_cmpuint(one->n_packets, ==, other->n_packets);
    for (guint i = 0; i < setup.seconds; i++)
        g_assert_cmpfloat(g_array_index(one->target_kbps, double, i), ==,
                          g_array_index(other->target_kbps, double, i));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clean", a_clean_link_is_known_within_two_seconds);
    g_test_add_func("/full", a_full_link_is_used_but_for_a_tenth);
    g_test_add_func("/queue", a_queue_does_not_stay_full);
    g_test_add_func("/loss/little", little_loss_does_not_limit);
    g_test_add_func("/loss/much", much_loss_limits);
    g_test_add_func("/loss/padding", a_loss_limited_sender_pads);
    g_test_add_func("/jitter", correlated_jitter_looks_like_a_queue);
    g_test_add_func("/screen", a_resting_screen_is_probed);
    g_test_add_func("/outage", an_outage_is_survived);
    g_test_add_func("/seed", one_seed_is_one_call);
    return g_test_run();
}
