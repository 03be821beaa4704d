/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers of a lab: started all together, each at its place, then waited for one by one.
 */
#include "lab/services.h"

#include <sys/wait.h>

#include "base/clock.h"
#include "base/error.h"
#include "lab/process.h"
#include "lab/sandbox.h"
#include "lab/service.h"

/* A loaded machine starts coturn in a second; past this it hangs. */
#define READY_WITHIN MP_SEC(10)
#define LOOK_EVERY_MS 2
#define LOG_LINES 6

static void hide(GString *text, const MpSecret *secret)
{
    if (secret)
        g_string_replace(text, mp_secret_peek(secret), "***", 0);
}

static char *last_lines(const MpFarEnds *far_ends, const MpService *service)
{
    g_autofree char *path = mp_far_ends_path(far_ends, service->log);
    g_autofree char *log = NULL;
    if (!g_file_get_contents(path, &log, NULL, NULL) || *g_strstrip(log) == '\0')
        return g_strdup("it said nothing");

    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    guint n_lines = g_strv_length(lines);
    g_autofree char *tail = g_strjoinv("\n  ", lines + n_lines - MIN(n_lines, LOG_LINES));
    GString *text = g_string_new(tail);
    hide(text, far_ends->turn_password);
    hide(text, far_ends->told_turn_password);
    hide(text, far_ends->responder_token);
    hide(text, far_ends->stamp_key);
    hide(text, far_ends->proxy_password);
    return g_string_free(text, FALSE);
}

static gboolean fail(const MpFarEnds *far_ends, const MpService *service, const char *how,
                     GError **error)
{
    g_autofree char *said = last_lines(far_ends, service);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s %s; its last lines:\n  %s",
                service->name, how, said);
    return FALSE;
}

static gboolean join_place_of(const MpService *service, GError **error)
{
    return !service->place || mp_sandbox_join(service->place, error);
}

static gboolean wait_until_ready(const MpFarEnds *far_ends, const MpService *service, GPid pid,
                                 const MpKeeper *keeper, GError **error)
{
    if (!join_place_of(service, error))
        return FALSE;
    MpTime deadline = mp_clock_now() + READY_WITHIN;
    while (!service->is_ready(far_ends, &service->address)) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return fail(far_ends, service, "ended at its start", error);
        if (mp_clock_now() > deadline)
            return fail(far_ends, service, "does not answer", error);
        if (!mp_keeper_wait(keeper, LOOK_EVERY_MS)) {
            g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "interrupted");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean start(const MpFarEnds *far_ends, const MpService *service, GPid *pid,
                      GError **error)
{
    g_autofree char *log = mp_far_ends_path(far_ends, service->log);
    g_autofree char *resolver = mp_far_ends_path(far_ends, "internet-resolv.conf");
    const MpServer server = {
        .argv = (const char *const *)service->argv,
        .log_path = log,
        .resolver = service->resolves_apart ? resolver : NULL,
        .scratch = service->scratch,
        .is_not_root = service->is_not_root,
    };
    return join_place_of(service, error) && mp_process_start(&server, pid, error);
}

gboolean mp_services_start(const MpFarEnds *far_ends, const MpNetwork *network,
                           const MpKeeper *keeper, GError **error)
{
    g_autoptr(GPtrArray) services = mp_service_list(far_ends, network, mp_secret_peek);
    g_autoptr(GArray) pids = g_array_new(FALSE, FALSE, sizeof(GPid));
    for (guint i = 0; i < services->len; i++) {
        GPid pid = 0;
        if (!start(far_ends, g_ptr_array_index(services, i), &pid, error))
            return FALSE;
        g_array_append_val(pids, pid);
    }
    for (guint i = 0; i < services->len; i++)
        if (!wait_until_ready(far_ends, g_ptr_array_index(services, i),
                              g_array_index(pids, GPid, i), keeper, error))
            return FALSE;
    return TRUE;
}

static const char *show_placeholder(const MpSecret *secret)
{
    (void)secret;
    return "<password>";
}

char *mp_services_plan(const MpFarEnds *far_ends, const MpNetwork *network)
{
    g_autoptr(GPtrArray) services = mp_service_list(far_ends, network, show_placeholder);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < services->len; i++) {
        const MpService *service = g_ptr_array_index(services, i);
        g_autofree char *line = g_strjoinv(" ", service->argv);
        g_string_append_printf(text, "ip netns exec %s %s\n", service->place, line);
    }
    for (guint i = 0; i < services->len; i++) {
        const MpService *service = g_ptr_array_index(services, i);
        if (service->config)
            g_string_append_printf(text, "%s/%s:\n%s", far_ends->directory, service->config_name,
                                   service->config);
    }
    return g_string_free(text, FALSE);
}
