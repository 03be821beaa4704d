/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far the tester itself can be trusted: its own error beside the figures.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/template.h"

/* The largest value over all ways and directions; NAN: none. */
static double largest_error(const MpResult *result)
{
    double largest = NAN;
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        /* fmax ignores what is NAN. */
        largest = fmax(largest, fmax(path->up.tester_error_ms, path->down.tester_error_ms));
    }
    return largest;
}

static char *number_or_null(double value)
{
    return isfinite(value) ? mp_template_number(value) : NULL;
}

void mp_section_tester(const MpReport *report)
{
    const MpEnvironment *environment = report->result->environment;
    g_autofree char *error = number_or_null(largest_error(report->result));
    g_autofree char *late = number_or_null(environment->timer_late_p99_ms);
    g_autofree char *headroom = number_or_null(environment->cpu_headroom * 100);
    if (!error && !late && !headroom)
        return;

    report->medium->heading(report, _("The tester itself"));
    if (error) {
        g_autofree char *line = mp_template_fill_pairs(
            _("Times of media are exact to {error} ms[; 99 % of timers were at most {late} ms "
              "late]."),
            "error", error, "late", late, NULL);
        report->medium->line(report, line);
    }
    if (headroom) {
        g_autofree char *line = mp_template_fill_pairs(_("{headroom} % of the processor was idle."),
                                                       "headroom", headroom, NULL);
        report->medium->line(report, line);
    }
}
