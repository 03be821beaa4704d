/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that ask the web hosts of a service's allow-list.
 */
#include "plan/web_steps.h"

/* A host of the allow-list: as long as a resolver and TCP try, and then an HTTPS answer on a narrow
 * line that sixty hosts share. */
#define WEB_DEADLINE MP_SEC(18)
#define WEB_PORT 443

static MpStep *step_of(const GPtrArray *steps, const char *id)
{
    for (guint i = 0; i < steps->len; i++)
        if (g_str_equal(((const MpStep *)steps->pdata[i])->id, id))
            return steps->pdata[i];
    return NULL;
}

static MpStep *add_step(GPtrArray *steps, const char *id, const char *host)
{
    const MpServerUri server = {
        .transport = MP_TRANSPORT_TLS, .host = (char *)host, .port = WEB_PORT};
    MpStep *step = mp_step_new("web", id);
    step->server = mp_server_uri_copy(&server);
    g_ptr_array_add(steps, step);
    return step;
}

typedef struct {
    GPtrArray *steps;
    guint phase;
    MpTime deadline;
} Hosts;

/* A host that several rows name is asked once, for all of them. */
static void add_host(const Hosts *hosts, const char *host, gboolean wants_websocket)
{
    g_autofree char *id = g_strconcat("web:", host, NULL);
    MpStep *step = step_of(hosts->steps, id);
    if (!step)
        step = add_step(hosts->steps, id, host);
    step->phase = hosts->phase;
    step->deadline = hosts->deadline;
    step->wants_websocket = step->wants_websocket || wants_websocket;
}

static gboolean has_service(const MpRequirementRow *row, const char *service)
{
    return g_ptr_array_find_with_equal_func(row->services, service, g_str_equal, NULL);
}

static void add_row(const Hosts *hosts, const MpRequirementRow *row)
{
    const gboolean wants_websocket = has_service(row, "WSS");
    if (!wants_websocket && !has_service(row, "HTTPS"))
        return;
    for (guint i = 0; i < row->hosts->len; i++) {
        const MpHostPattern *pattern = row->hosts->pdata[i];
        for (guint j = 0; j < pattern->probe_names->len; j++)
            add_host(hosts, pattern->probe_names->pdata[j], wants_websocket);
        if (!pattern->is_wildcard)
            add_host(hosts, pattern->name, wants_websocket);
    }
}

void mp_plan_add_web(GPtrArray *steps, const MpProfile *profile, const MpPlanOptions *options,
                     guint phase)
{
    const Hosts hosts = {steps, phase, MIN(WEB_DEADLINE, options->budget)};
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        if (options->is_guest ? row->for_guest : row->for_host)
            add_row(&hosts, row);
    }
}
