/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A check that is seen: progress while it runs, then what it found.
 */
#include "cli/check_show.h"

#include <mediapath/error.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/live.h"
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

typedef struct {
    const MpCheckConfig *config;
    const MpResultShow *show;
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
static MpResult *run_with_progress(const MpCheckConfig *config, const MpResultShow *show,
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

MpResult *mp_check_show(const MpCheckConfig *config, const MpResultShow *show, GError **error)
{
    g_autoptr(MpResult) result = run_with_progress(config, show, error);
    if (!result)
        return NULL;
    if (!show->is_quiet)
        g_printerr("\n");
    return mp_result_show(result, show, error) ? g_steal_pointer(&result) : NULL;
}
