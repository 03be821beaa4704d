/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each type of session can expect, and what limits it.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "report/session_text.h"
#include "report/table.h"
#include "report/words.h"

static const char *const verdict_names[MP_N_VERDICTS] = {
    [MP_VERDICT_STABLE] = N_("stable"),
    [MP_VERDICT_DEGRADED] = N_("degraded"),
    [MP_VERDICT_UNSTABLE] = N_("unstable"),
    [MP_VERDICT_UNKNOWN] = N_("unknown"),
};

void mp_section_sessions(const MpReport *report)
{
    g_autoptr(MpTable) table = mp_table_new("llll");
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const MpForecast *forecast = report->result->forecasts[i];
        mp_table_add(table, MP_STYLE_PLAIN, mp_session_text((MpSessionType)i));
        mp_table_add(table, mp_section_verdict_style(forecast->verdict),
                     _(verdict_names[forecast->verdict]));
        mp_table_add(table, MP_STYLE_PLAIN, forecast->has_way ? mp_way_text(forecast->way) : "");
        mp_table_take(table, MP_STYLE_PLAIN, mp_session_explanation(forecast));
    }
    report->medium->heading(report, NULL);
    report->medium->table(report, table);
}
