/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that make a map of UDP ports, one for each way to ask.
 */
#include "plan/port_steps.h"

#define FIRST_PORT 1025
/* Every port at the gentle rate takes 26 s, and lost packets are asked again. */
#define SWEEP_DEADLINE MP_SEC(60)
/* A thousand allocations at the gentle rate. */
#define RELAY_DEADLINE MP_SEC(60)
/* Routers answer once a second. */
#define WALK_DEADLINE MP_SEC(75)
/* Forty questions, each asked up to four times over a satellite. */
#define PATH_DEADLINE MP_SEC(12)

static MpStep *new_step(const MpPlanOptions *options, const char *kind, MpTime deadline)
{
    MpStep *step = mp_step_new(kind, kind);
    step->deadline = MIN(deadline, options->budget);
    step->first_port = options->first_port ? options->first_port : FIRST_PORT;
    step->last_port = options->last_port ? options->last_port : G_MAXUINT16;
    step->port_rate = options->port_rate;
    return step;
}

/* A rate that was asked for takes its time: each port twice, within the run. */
static MpTime time_for(const MpPlanOptions *options, MpTime usual)
{
    return options->port_rate ? MAX(usual, 2 * MP_SEC(G_MAXUINT16) / options->port_rate) : usual;
}

static void add(GPtrArray *steps, const MpPlanOptions *options, const char *kind,
                const MpServerUri *server, MpTime deadline, guint phase)
{
    MpStep *step = new_step(options, kind, time_for(options, deadline));
    step->is_alone = TRUE;
    step->phase = phase;
    if (server)
        step->server = mp_server_uri_copy(server);
    g_ptr_array_add(steps, step);
}

/* Thousands of datagrams: only by request. */
static gboolean is_asked_for(const MpPlanOptions *options, const char *kind)
{
    return options->only && g_strv_contains(options->only, kind) &&
           !(options->skip && g_strv_contains(options->skip, kind));
}

static const MpServerUri *first_relay(const MpTargets *targets)
{
    for (guint i = 0; i < targets->servers->len; i++) {
        const MpServerUri *server = targets->servers->pdata[i];
        if (server->is_turn && server->transport != MP_TRANSPORT_DTLS)
            return server;
    }
    return NULL;
}

GPtrArray *mp_plan_ports(const MpTargets *targets, const MpPlanOptions *options, guint first_phase)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func((GDestroyNotify)mp_step_free);
    const gboolean has_credentials = targets->turn_password || targets->turn_secret;
    const MpServerUri *relay = has_credentials ? first_relay(targets) : NULL;
    if (targets->stamp_host && targets->stamp_key && is_asked_for(options, "ports"))
        add(steps, options, "ports", NULL, SWEEP_DEADLINE, first_phase + steps->len);
    if (relay && is_asked_for(options, "ports-relay"))
        add(steps, options, "ports-relay", relay, RELAY_DEADLINE, first_phase + steps->len);
    if (targets->walk_targets->len > 0 && is_asked_for(options, "ports-walk"))
        add(steps, options, "ports-walk", NULL, WALK_DEADLINE, first_phase + steps->len);
    return steps;
}

MpStep *mp_plan_path(const MpTargets *targets, const MpPlanOptions *options)
{
    return targets->stamp_host && targets->stamp_key ? new_step(options, "path", PATH_DEADLINE)
                                                     : NULL;
}
