/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the host names of a row stand.
 */
#include "analysis/requirements_web.h"

#include "analysis/web.h"

/* What a service needs of a host: this stage's answer. */
static const struct {
    const char *service;
    const char *stage;
} services[] = {
    {"HTTPS", "https"},
    {"WSS", "websocket"},
};

gboolean mp_requirements_is_web(const char *service)
{
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++)
        if (g_str_equal(services[i].service, service))
            return TRUE;
    return FALSE;
}

static const MpMeasurement *measurement_of(const MpResult *result, const char *host)
{
    g_autofree char *id = g_strconcat("web:", host, NULL);
    for (guint i = 0; i < result->measurements->len; i++)
        if (g_str_equal(((const MpMeasurement *)result->measurements->pdata[i])->id, id))
            return result->measurements->pdata[i];
    return NULL;
}

static MpRequirementState state_of(const MpProfile *profile, const MpMeasurement *measurement,
                                   const char *stage_name)
{
    JsonObject *stage = mp_measurement_stage(measurement, stage_name);
    if (mp_stage_reach(stage) == MP_REACH_ANSWERED)
        return MP_REQUIREMENT_MET;
    JsonObject *broken = mp_measurement_broken_stage(measurement);
    /* A way that broke later than this service needs says nothing about it. */
    if (!broken || mp_stage_has_outcome(broken, MP_OUTCOME_NOT_RUN) ||
        mp_stage_is_lost_by_chance(broken) || mp_web_may_not_exist(profile, measurement))
        return MP_REQUIREMENT_UNKNOWN;
    return MP_REQUIREMENT_FAILED;
}

static MpRequirement *add(MpResult *result, const MpRequirementRow *row, const char *host,
                          const char *service, const char *protocol)
{
    MpRequirement *requirement = g_new0(MpRequirement, 1);
    requirement->row = g_strdup(row->row);
    requirement->target = g_strdup(host);
    requirement->service = g_strdup(service);
    requirement->protocol = g_strdup(protocol);
    requirement->port = g_strdup("443");
    requirement->state = MP_REQUIREMENT_UNKNOWN;
    requirement->is_optional = !row->is_required;
    g_ptr_array_add(result->requirements, requirement);
    return requirement;
}

static gboolean has_quic(const MpRequirementRow *row)
{
    for (guint i = 0; i < row->ports->len; i++) {
        const MpPortRange *range = &g_array_index(row->ports, MpPortRange, i);
        if (!range->is_tcp && range->first == 443 && range->last == 443)
            return TRUE;
    }
    return FALSE;
}

/* QUIC is not spoken here, so that 443/udp stays unknown. */
static void add_host(MpResult *result, const MpProfile *profile, const MpRequirementRow *row,
                     const char *host)
{
    const MpMeasurement *measurement = measurement_of(result, host);
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
        if (!g_ptr_array_find_with_equal_func(row->services, services[i].service, g_str_equal,
                                              NULL))
            continue;
        MpRequirement *requirement = add(result, row, host, services[i].service, "tcp");
        if (!measurement)
            continue;
        requirement->state = state_of(profile, measurement, services[i].stage);
        requirement->measurement = g_strdup(measurement->id);
        requirement->is_by_proxy = requirement->state == MP_REQUIREMENT_MET &&
                                   mp_facts_object(measurement->facts, "proxy");
    }
    if (has_quic(row))
        add(result, row, host, "HTTPS", "udp");
}

/* The names that are asked for a row, char* lent. */
static GPtrArray *hosts_of(const MpRequirementRow *row)
{
    GPtrArray *hosts = g_ptr_array_new();
    for (guint i = 0; i < row->hosts->len; i++) {
        const MpHostPattern *pattern = row->hosts->pdata[i];
        if (!pattern->is_wildcard)
            g_ptr_array_add(hosts, pattern->name);
        for (guint j = 0; j < pattern->probe_names->len; j++)
            g_ptr_array_add(hosts, pattern->probe_names->pdata[j]);
    }
    return hosts;
}

gboolean mp_requirements_add_web(MpResult *result, const MpProfile *profile,
                                 const MpRequirementRow *row)
{
    g_autoptr(GPtrArray) hosts = hosts_of(row);
    gboolean is_asked = FALSE;
    for (guint i = 0; i < hosts->len; i++)
        is_asked = is_asked || measurement_of(result, hosts->pdata[i]);
    for (guint i = 0; is_asked && i < hosts->len; i++)
        add_host(result, profile, row, hosts->pdata[i]);
    return is_asked;
}
