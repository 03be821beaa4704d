/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Judges a link emulator by its own counts.
 */
#include "lab/emulator_report.h"

/* Jitter that a call feels starts at a few milliseconds; one late packet in a thousand is no
 * pattern that a measurement would take for the link's. */
static const struct {
    MpTime limit;
    double share;
} limits[] = {
    {MP_MSEC(5), 0.001},
    {MP_MSEC(2), 0.01},
};

MpEmulatorReport mp_emulator_report(const MpEmulatorCounts *counts)
{
    const MpDelayHistogram *late = &counts->late;
    MpEmulatorReport report = {
        .packets = late->n,
        .late_p50_ms = mp_time_to_ms(mp_delay_histogram_percentile(late, 50)),
        .late_p99_ms = mp_time_to_ms(mp_delay_histogram_percentile(late, 99)),
        .late_max_ms = mp_time_to_ms(late->max),
        .overflows = counts->overflows,
        .truth_is_incomplete = counts->truth_is_incomplete,
    };
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
        if (mp_delay_histogram_share_above(late, limits[i].limit) > limits[i].share)
            report.late_limit_ms = mp_time_to_ms(limits[i].limit);
    report.is_spoiled = report.late_limit_ms > 0 || report.overflows > 0;
    return report;
}

static char *spoiled_by(const MpEmulatorReport *report)
{
    if (report->overflows > 0)
        return g_strdup_printf("this machine lost %" G_GUINT64_FORMAT " packets that the emulated "
                               "link should have carried: do not believe what was measured over "
                               "this link",
                               report->overflows);
    return g_strdup_printf("this machine delayed packets by up to %.1f ms (limit %.0f ms): do not "
                           "believe what was measured over this link",
                           report->late_max_ms, report->late_limit_ms);
}

char *mp_emulator_report_warning(const MpEmulatorReport *report)
{
    g_autofree char *spoiled = report->is_spoiled ? spoiled_by(report) : NULL;
    if (!report->truth_is_incomplete)
        return g_steal_pointer(&spoiled);
    return g_strconcat(spoiled ? spoiled : "", spoiled ? "; and " : "",
                       "the link's truth file is incomplete: it could not be written as fast as "
                       "packets came, or at all",
                       NULL);
}
