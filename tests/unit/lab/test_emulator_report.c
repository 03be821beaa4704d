/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Delays in fixed memory, and when a link emulator was too late to be believed.
 */
#include "lab/emulator_report.h"

static void add(MpDelayHistogram *histogram, guint n, MpTime delay)
{
    for (guint i = 0; i < n; i++)
        mp_delay_histogram_add(histogram, delay);
}

static void assert_near(MpTime found, MpTime expected)
{
    g_assert_cmpint(ABS(found - expected), <=, expected / 60);
}

static void percentiles_are_within_two_percent(void)
{
    g_autofree MpDelayHistogram *histogram = g_new0(MpDelayHistogram, 1);
    for (int i = 1; i <= 1000; i++)
        mp_delay_histogram_add(histogram, MP_USEC(i));
    assert_near(mp_delay_histogram_percentile(histogram, 50), MP_USEC(500));
    assert_near(mp_delay_histogram_percentile(histogram, 99), MP_USEC(990));
    g_assert_cmpint(mp_delay_histogram_percentile(histogram, 100), ==, MP_MSEC(1));
}

static void every_size_has_its_place(void)
{
    for (MpTime delay = 1; delay < MP_SEC(2000); delay = delay * 3 + 1) {
        g_autofree MpDelayHistogram *histogram = g_new0(MpDelayHistogram, 1);
        mp_delay_histogram_add(histogram, delay);
        mp_delay_histogram_add(histogram, MP_SEC(5000));
        assert_near(mp_delay_histogram_percentile(histogram, 50), delay);
    }
}

static void what_is_early_counts_as_punctual(void)
{
    g_autofree MpDelayHistogram *histogram = g_new0(MpDelayHistogram, 1);
    mp_delay_histogram_add(histogram, -MP_MSEC(1));
    g_assert_cmpint(mp_delay_histogram_percentile(histogram, 99), ==, 0);
    g_assert_cmpfloat(mp_delay_histogram_share_above(histogram, 0), ==, 0);
}

static void nothing_has_no_delay(void)
{
    g_autofree MpEmulatorCounts *counts = g_new0(MpEmulatorCounts, 1);
    MpEmulatorReport report = mp_emulator_report(counts);
    g_assert_cmpuint(report.packets, ==, 0);
    g_assert_false(report.is_spoiled);
    g_assert_null(mp_emulator_report_warning(&report));
}

/* `late` of 10,000 packets were late by `delay`, the others by 20 us. */
static MpEmulatorReport judge(guint late, MpTime delay, guint64 overflows)
{
    g_autofree MpEmulatorCounts *counts = g_new0(MpEmulatorCounts, 1);
    add(&counts->late, 10000 - late, MP_USEC(20));
    add(&counts->late, late, delay);
    counts->overflows = overflows;
    return mp_emulator_report(counts);
}

static void one_packet_in_a_thousand_may_be_late(void)
{
    g_assert_false(judge(10, MP_MSEC(40), 0).is_spoiled);
    g_assert_true(judge(11, MP_MSEC(40), 0).is_spoiled);
    g_assert_cmpfloat(judge(11, MP_MSEC(40), 0).late_limit_ms, ==, 5);
}

static void one_in_a_hundred_by_two_milliseconds(void)
{
    g_assert_false(judge(100, MP_MSEC(3), 0).is_spoiled);
    g_assert_true(judge(101, MP_MSEC(3), 0).is_spoiled);
    g_assert_false(judge(9000, MP_MSEC(1), 0).is_spoiled);
}

static void what_it_could_not_take_in_spoils_the_run(void)
{
    g_assert_true(judge(0, 0, 1).is_spoiled);
}

static void the_warning_names_how_late_and_the_limit(void)
{
    MpEmulatorReport report = judge(20, MP_MSEC(50), 0);
    g_autofree char *warning = mp_emulator_report_warning(&report);
    g_assert_cmpstr(warning, ==,
                    "this machine delayed packets by up to 50.0 ms (limit 5 ms): do not believe "
                    "what was measured over this link");
}

static void an_incomplete_truth_is_told_besides(void)
{
    MpEmulatorReport report = judge(0, 0, 3);
    report.truth_is_incomplete = TRUE;
    g_autofree char *both = mp_emulator_report_warning(&report);
    g_assert_true(g_str_has_prefix(both, "this machine lost 3 packets that "));
    g_assert_nonnull(g_strrstr(both, "; and the link's truth file is incomplete"));
    report = judge(0, 0, 0);
    report.truth_is_incomplete = TRUE;
    g_autofree char *alone = mp_emulator_report_warning(&report);
    g_assert_true(g_str_has_prefix(alone, "the link's truth file is incomplete"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/emulator-report/percentiles", percentiles_are_within_two_percent);
    g_test_add_func("/lab/emulator-report/sizes", every_size_has_its_place);
    g_test_add_func("/lab/emulator-report/early", what_is_early_counts_as_punctual);
    g_test_add_func("/lab/emulator-report/empty", nothing_has_no_delay);
    g_test_add_func("/lab/emulator-report/tail", one_packet_in_a_thousand_may_be_late);
    g_test_add_func("/lab/emulator-report/body", one_in_a_hundred_by_two_milliseconds);
    g_test_add_func("/lab/emulator-report/overflow", what_it_could_not_take_in_spoils_the_run);
    g_test_add_func("/lab/emulator-report/warning", the_warning_names_how_late_and_the_limit);
    g_test_add_func("/lab/emulator-report/truth", an_incomplete_truth_is_told_besides);
    return g_test_run();
}
