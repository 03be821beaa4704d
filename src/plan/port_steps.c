/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that make a map of UDP ports, one for each way to ask.
 */
#include "plan/port_steps.h"

#include "plan/walk_steps.h"

#define FIRST_PORT 1025
/* Every port at the gentle rate takes 26 s, and lost packets are asked again. */
#define SWEEP_DEADLINE MP_SEC(60)
/* A thousand allocations at the gentle rate. */
#define RELAY_DEADLINE MP_SEC(60)
/* Routers answer once a second: a minute for the ports, then one for the parts of two /18. */
#define WALK_DEADLINE MP_SEC(120)
/* Forty questions, each asked up to four times over a satellite. */
#define PATH_DEADLINE MP_SEC(12)

/* Of every check. None blocked of 400 says that fewer than 0.75 % are, at 95 %. */
#define SWEEP_SAMPLE 400
/* A second's questions, and some rounds of those that stay silent. */
#define SWEEP_SAMPLE_DEADLINE MP_SEC(6)
/* Fewer than 3 %: each costs a server of others an allocation. */
#define RELAY_SAMPLE 100
#define RELAY_SAMPLE_DEADLINE MP_SEC(5)
/* A dozen answers of each hop, and then the parts of the ranges. */
#define WALK_SAMPLE_DEADLINE MP_SEC(20)

static void set_bounds(MpStep *step, const MpPlanOptions *options, MpTime deadline)
{
    step->deadline = MIN(deadline, options->budget);
    step->first_port = options->first_port ? options->first_port : FIRST_PORT;
    step->last_port = options->last_port ? options->last_port : G_MAXUINT16;
    step->port_rate = options->port_rate;
}

static MpStep *new_step(const MpPlanOptions *options, const char *kind, MpTime deadline)
{
    MpStep *step = mp_step_new(kind, kind);
    set_bounds(step, options, deadline);
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

/* One after the other, since they share what a router has left to say. */
static void add_walks(GPtrArray *steps, const MpPlanOptions *options, const GPtrArray *goals,
                      guint first_phase)
{
    g_autoptr(GPtrArray) walks = mp_plan_walks(goals, options->has_both_families);
    while (walks->len > 0) {
        MpStep *step = g_ptr_array_steal_index(walks, 0);
        set_bounds(step, options, WALK_DEADLINE);
        step->is_alone = TRUE;
        step->phase = first_phase + steps->len;
        g_ptr_array_add(steps, step);
    }
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
    if (is_asked_for(options, MP_WALK_KIND))
        add_walks(steps, options, targets->walk_targets, first_phase);
    return steps;
}

/* -- of every check ---------------------------------------------------------------------------- */

static gboolean is_sampled(const MpPlanOptions *options, const char *kind)
{
    static const char direct[] = "udp";
    return !(options->only && options->only[0]) &&
           !(options->skip && g_strv_contains(options->skip, kind)) &&
           (!options->transports || !options->transports[0] ||
            g_strv_contains(options->transports, direct));
}

/* Where the ranges of the profile begin and end. */
static GArray *ports_of_profile(const MpProfile *profile)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(guint16));
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        for (guint j = 0; j < row->ports->len; j++) {
            const MpPortRange *range = &g_array_index(row->ports, MpPortRange, j);
            if (range->is_tcp)
                continue;
            g_array_append_val(ports, range->first);
            g_array_append_val(ports, range->last);
        }
    }
    return ports;
}

static MpStep *new_sample(const MpPlanOptions *options, const char *kind, guint n, MpTime deadline)
{
    MpStep *step = new_step(options, kind, deadline);
    step->n_sample = n;
    step->is_beside = TRUE;
    return step;
}

/* The ways over which a server's relay is asked, and a second one for where the first is blocked:
 * UDP, and what comes through best. */
static MpStep *relay_sample(const GPtrArray *steps, const MpPlanOptions *options)
{
    const MpStep *first = NULL;
    const MpStep *last = NULL;
    for (guint i = 0; i < steps->len; i++) {
        const MpStep *step = steps->pdata[i];
        if (!g_str_equal(step->kind, "turn") || step->family == MP_FAMILY_IPV6 ||
            mp_way_is_proxied(step->way) || step->way == MP_WAY_TURN_DTLS)
            continue;
        first = first && first->way <= step->way ? first : step;
        last = last && last->way >= step->way ? last : step;
    }
    if (!first)
        return NULL;
    MpStep *sample = new_sample(options, "ports-relay", RELAY_SAMPLE, RELAY_SAMPLE_DEADLINE);
    sample->family = first->family;
    sample->server = mp_server_uri_copy(first->server);
    sample->requires_id = g_strdup(first->id);
    sample->or_server = mp_server_uri_copy(last->server);
    sample->or_requires_id = g_strdup(last->id);
    return sample;
}

/* NULL: there is nobody to ask. */
static MpStep *best_sample(const GPtrArray *steps, const MpTargets *targets,
                           const MpPlanOptions *options)
{
    if (targets->stamp_host && targets->stamp_key && is_sampled(options, "ports"))
        return new_sample(options, "ports", SWEEP_SAMPLE, SWEEP_SAMPLE_DEADLINE);
    const gboolean has_credentials = targets->turn_password || targets->turn_secret;
    return has_credentials && is_sampled(options, "ports-relay") ? relay_sample(steps, options)
                                                                 : NULL;
}

/* Behind the last step of that phase. */
static void insert(GPtrArray *steps, MpStep *step)
{
    guint place = steps->len;
    while (place > 0 && ((const MpStep *)steps->pdata[place - 1])->phase > step->phase)
        place--;
    g_ptr_array_insert(steps, (gint)place, step);
}

static void add_walk_samples(GPtrArray *steps, const GPtrArray *goals, const MpPlanOptions *options,
                             guint phase)
{
    g_autoptr(GPtrArray) walks = mp_plan_walks(goals, options->has_both_families);
    while (walks->len > 0) {
        MpStep *step = g_ptr_array_steal_index(walks, 0);
        set_bounds(step, options, WALK_SAMPLE_DEADLINE);
        step->n_sample = SWEEP_SAMPLE;
        step->is_beside = TRUE;
        step->phase = phase;
        insert(steps, step);
    }
}

/* The first phase after the servers, who share their round trips and quotas with nobody. */
static guint phase_of_samples(const GPtrArray *steps)
{
    return steps->len > 0 ? 1 : 0;
}

guint mp_plan_add_port_sample(GPtrArray *steps, const MpTargets *targets, const MpProfile *profile,
                              const MpPlanOptions *options)
{
    const guint phase = phase_of_samples(steps);
    MpStep *sample = best_sample(steps, targets, options);
    if (sample) {
        sample->named_ports = ports_of_profile(profile);
        sample->delays_media = TRUE;
        sample->phase = phase;
        insert(steps, sample);
    }
    if (is_sampled(options, MP_WALK_KIND))
        add_walk_samples(steps, targets->walk_targets, options, phase);
    return steps->len > 0 ? ((const MpStep *)steps->pdata[steps->len - 1])->phase : 0;
}

MpStep *mp_plan_path(const MpTargets *targets, const MpPlanOptions *options)
{
    return targets->stamp_host && targets->stamp_key ? new_step(options, "path", PATH_DEADLINE)
                                                     : NULL;
}
