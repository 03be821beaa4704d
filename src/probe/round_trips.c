/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trips as a fact.
 */
#include "probe/round_trips.h"

#include "base/time.h"
#include "stats/summary.h"

void mp_facts_set_round_trips(JsonObject *facts, const GArray *round_trips)
{
    if (round_trips->len == 0)
        return;
    g_autoptr(GArray) values = g_array_sized_new(FALSE, FALSE, sizeof(double), round_trips->len);
    for (guint i = 0; i < round_trips->len; i++) {
        double ms = mp_time_to_ms(g_array_index(round_trips, MpTime, i));
        g_array_append_val(values, ms);
    }
    MpSummary summary = mp_summary((const double *)(gpointer)values->data, values->len);

    JsonObject *rtt = json_object_new();
    json_object_set_double_member(rtt, "min", summary.min);
    json_object_set_double_member(rtt, "p50", summary.p50);
    json_object_set_double_member(rtt, "p95", summary.p95);
    json_object_set_double_member(rtt, "max", summary.max);
    json_object_set_object_member(facts, "rtt_ms", rtt);
}
