/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The summary for a person in a hurry: the verdict first, then what it rests on.
 */
#include <mediapath/i18n.h>
#include <mediapath/report.h>

#include "report/section.h"

#define DEFAULT_COLUMNS 80
#define LEAST_COLUMNS 40

char *mp_report_text(const MpResult *result, const MpTextOptions *options)
{
    g_return_val_if_fail(result && options, NULL);

    mp_i18n_use(options->lang ? options->lang : result->lang);
    guint columns = options->columns ? options->columns : DEFAULT_COLUMNS;
    MpReport report = {.result = result,
                       .medium = &mp_medium_terminal,
                       .use_color = options->use_color,
                       .columns = MAX(columns, LEAST_COLUMNS),
                       .out = g_string_new(NULL)};
    mp_section_all(&report);
    return g_string_free(report.out, FALSE);
}
