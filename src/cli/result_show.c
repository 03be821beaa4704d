/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A result on the terminal and in files.
 */
#include "cli/result_show.h"

#include <mediapath/report.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "cli/output.h"
#include "cli/terminal.h"

static guint terminal_columns(int descriptor)
{
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static gboolean write_files(const MpResult *result, const MpResultShow *show, GError **error)
{
    g_autofree char *page = show->html ? mp_report_html(result, NULL) : NULL;
    g_autofree char *packets = show->packets ? mp_report_packets(result) : NULL;
    return (!page || mp_output_write(show->html, page, error)) &&
           (!packets || mp_output_write(show->packets, packets, error));
}

/* With the JSON on standard output the summary moves to standard error. */
gboolean mp_result_show(const MpResult *result, const MpResultShow *show, GError **error)
{
    gboolean json_is_first = g_strcmp0(show->json, "-") == 0;
    FILE *stream = json_is_first ? stderr : stdout;
    const MpTextOptions text_options = {
        .use_color = mp_terminal_use_color(show->is_colorless, fileno(stream)),
        .columns = terminal_columns(fileno(stream))};
    g_autofree char *json = show->json ? mp_report_json(result) : NULL;
    if ((json && !mp_output_write(show->json, json, error)) || !write_files(result, show, error))
        return FALSE;
    if (show->is_quiet)
        return TRUE;

    g_autofree char *text = mp_report_text(result, &text_options);
    if (!json_is_first)
        return mp_output_write("-", text, error);
    g_printerr("%s", text);
    return TRUE;
}
