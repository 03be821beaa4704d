/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A check that is seen: progress while it runs, then what it found.
 */
#include "cli/check_show.h"

#include <mediapath/error.h>
#include <mediapath/report.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/live.h"
#include "cli/output.h"
#include "cli/terminal.h"

gboolean mp_check_parse_seconds(double *seconds, const char *name, const char *text, double most,
                                GError **error)
{
    if (!text)
        return TRUE;
    char *end = NULL;
    *seconds = g_ascii_strtod(text, &end);
    if (end != text && *end == '\0' && *seconds >= 1 && *seconds <= most)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "--%s \"%s\", expected seconds from 1 to %g", name,
                text, most);
    return FALSE;
}

static guint terminal_columns(int descriptor)
{
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static gboolean write_files(const MpResult *result, const MpCheckShow *show, GError **error)
{
    g_autofree char *page = show->html ? mp_report_html(result, NULL) : NULL;
    g_autofree char *packets = show->packets ? mp_report_packets(result) : NULL;
    return (!page || mp_output_write(show->html, page, error)) &&
           (!packets || mp_output_write(show->packets, packets, error));
}

/* With the JSON on standard output the summary moves to standard error. */
static gboolean print_results(const MpResult *result, const MpCheckShow *show, GError **error)
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

typedef struct {
    const MpCheckConfig *config;
    const MpCheckShow *show;
    MpLive *live;
} Watcher;

/* A capture that failed is told even to those who want it quiet. */
static void show_capture(const Watcher *watcher, const MpCheckEvent *event)
{
    if (event->detail)
        g_printerr(_("mediapath: no capture: %s\n"), event->detail);
    else if (!watcher->show->is_quiet)
        g_printerr(_("Capture: %s, %u packets\n"), watcher->config->pcapng_file,
                   (guint)event->n_packets);
}

static void show_event(const MpCheckEvent *event, gpointer user_data)
{
    const Watcher *watcher = user_data;
    if (event->type == MP_CHECK_CAPTURED)
        show_capture(watcher, event);
    else if (!watcher->show->is_quiet)
        mp_live_show(event, watcher->live);
}

/* NULL with an error. */
static MpResult *run_with_progress(const MpCheckConfig *config, const MpCheckShow *show,
                                   GError **error)
{
    gboolean is_terminal = isatty(STDERR_FILENO);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(MpLive)
        live = mp_live_new(is_terminal, mp_terminal_use_color(show->is_colorless, STDERR_FILENO));
    mp_interrupt_watch(cancellable);
    Watcher watcher = {config, show, live};
    return mp_check_run(config, show_event, &watcher, cancellable, error);
}

MpResult *mp_check_show(const MpCheckConfig *config, const MpCheckShow *show, GError **error)
{
    g_autoptr(MpResult) result = run_with_progress(config, show, error);
    if (!result)
        return NULL;
    if (!show->is_quiet)
        g_printerr("\n");
    return print_results(result, show, error) ? g_steal_pointer(&result) : NULL;
}
