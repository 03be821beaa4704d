/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A mahimahi trace as a function of its number.
 */
#include "link/link_opportunities.h"

static MpTime in_period(const MpLinkOpportunities *trace, guint64 place)
{
    return MP_MSEC(g_array_index(trace->milliseconds, guint32, place));
}

void mp_link_opportunities_init(MpLinkOpportunities *trace, const GArray *milliseconds,
                                MpTime start)
{
    *trace = (MpLinkOpportunities){.start = start};
    if (milliseconds->len == 0)
        return;
    trace->milliseconds = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(trace->milliseconds, milliseconds->data, milliseconds->len);
    trace->period = in_period(trace, milliseconds->len - 1);
    g_assert(trace->period > 0);
}

void mp_link_opportunities_clear(MpLinkOpportunities *trace)
{
    g_clear_pointer(&trace->milliseconds, g_array_unref);
}

MpTime mp_link_opportunity_at(const MpLinkOpportunities *trace, guint64 number)
{
    guint64 in_all = trace->milliseconds->len;
    return trace->start + (MpTime)(number / in_all) * trace->period +
           in_period(trace, number % in_all);
}

guint64 mp_link_opportunity_after(const MpLinkOpportunities *trace, MpTime moment)
{
    MpTime elapsed = moment - trace->start;
    if (elapsed < 0)
        return 0;
    /* Its first opportunity may be at 0 ms: the very end of a period is in the next one too. */
    guint64 period = (guint64)(elapsed / trace->period);
    MpTime rest = elapsed % trace->period;
    guint64 first = 0;
    guint64 end = trace->milliseconds->len;
    while (first < end) {
        guint64 middle = first + (end - first) / 2;
        if (in_period(trace, middle) > rest)
            end = middle;
        else
            first = middle + 1;
    }
    return period * trace->milliseconds->len + first;
}
