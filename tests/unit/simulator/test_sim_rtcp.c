/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When receiver reports are written, and how much protection real calls had for it.
 */
#include "simulator/chromium.h"
#include "simulator/sim_rtcp.h"
#include "tests/support/playout_run.h"

static MpSimRtcp rtcp_of(gboolean is_offerer)
{
    MpSimRtcp rtcp;
    mp_sim_rtcp_init(&rtcp, &mp_chromium_newest()->playout.rtcp, is_offerer, 1, 0);
    return rtcp;
}

static void a_report_each_second_half_as_much_earlier_or_later(void)
{
    MpSimRtcp rtcp = rtcp_of(FALSE);
    MpTime before = 0;
    for (guint i = 0; i < 1000; i++) {
        MpTime now = mp_sim_rtcp_deadline(&rtcp);
        g_assert_cmpint(now - before, >=, MP_MSEC(500));
        g_assert_cmpint(now - before, <, MP_MSEC(1500));
        g_assert_false(mp_sim_rtcp_write(&rtcp, now - 1, FALSE));
        g_assert_true(mp_sim_rtcp_write(&rtcp, now, FALSE));
        before = now;
    }
    g_assert_cmpint(before, >, MP_SEC(950));
    g_assert_cmpint(before, <, MP_SEC(1050));
}

static void only_the_offerer_reports_with_what_it_asks_for(void)
{
    MpSimRtcp answerer = rtcp_of(FALSE);
    g_assert_false(mp_sim_rtcp_write(&answerer, MP_MSEC(100), TRUE));
    MpSimRtcp offerer = rtcp_of(TRUE);
    g_assert_true(mp_sim_rtcp_write(&offerer, MP_MSEC(100), TRUE));
    g_assert_false(mp_sim_rtcp_write(&offerer, MP_MSEC(101), FALSE));
}

/* Percent of the media that protection adds. */
static double protection(gboolean is_receiver_offerer, double loss)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = link->down.conditions.delay = MP_MSEC(25);
    link->up.conditions.loss = link->down.conditions.loss = mp_link_loss_independent(loss);
    PlayoutSetup setup = playout_setup(MP_SIM_VP8, link);
    setup.rate_bps = 1.6e6;
    setup.is_receiver_offerer = is_receiver_offerer;
    PlayoutResult result = playout_run(&setup);
    return 100.0 * result.n_protection / result.n_packets;
}

/* Chromium 156, camera of 480 lines: toward the answerer 28, 36, 50 and 56 % of the media at 1, 2,
 * 3 and 5 % loss; toward the offerer 75, 98, 99 and 95. */
static void protection_is_as_strong_as_in_real_calls(void)
{
    g_assert_cmpfloat_with_epsilon(protection(FALSE, 0.01), 28, 8);
    g_assert_cmpfloat_with_epsilon(protection(FALSE, 0.03), 50, 12);
    g_assert_cmpfloat_with_epsilon(protection(FALSE, 0.05), 56, 15);
    g_assert_cmpfloat_with_epsilon(protection(TRUE, 0.01), 75, 30);
    g_assert_cmpfloat_with_epsilon(protection(TRUE, 0.02), 98, 20);
    g_assert_cmpfloat_with_epsilon(protection(TRUE, 0.05), 95, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/simulator/sim_rtcp/second",
                    a_report_each_second_half_as_much_earlier_or_later);
    g_test_add_func("/simulator/sim_rtcp/offerer", only_the_offerer_reports_with_what_it_asks_for);
    g_test_add_func("/simulator/sim_rtcp/protection", protection_is_as_strong_as_in_real_calls);
    return g_test_run();
}
