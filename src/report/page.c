/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as one self-contained page: it asks nobody for anything, and prints well.
 */
#include <mediapath/i18n.h>
#include <mediapath/report.h>

#include "base/i18n.h"
#include "config.h"
#include "report/page_style.h"
#include "report/section.h"

/* More than any table takes. */
#define COLUMNS 100000

char *mp_report_html(const MpResult *result, const char *lang)
{
    g_return_val_if_fail(result, NULL);

    const char *language = lang ? lang : result->lang;
    mp_i18n_use(language);
    MpReport report = {
        .result = result, .medium = &mp_medium_page, .columns = COLUMNS, .out = g_string_new(NULL)};
    g_string_append_printf(report.out,
                           "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                           "'none'; style-src 'unsafe-inline'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width\">\n"
                           "<title>mediapath</title><style>" MP_PAGE_STYLE "</style></head>\n"
                           "<body><main><section>\n",
                           language);
    mp_section_all(&report);
    g_string_append_printf(
        report.out, "</section></main><footer>mediapath %s</footer></body></html>\n", MP_VERSION);
    return g_string_free(report.out, FALSE);
}
