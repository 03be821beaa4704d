/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How each row of the profile stands.
 */
#include "analysis/requirements.h"

#include <string.h>

#include "analysis/ports.h"
#include "analysis/requirements_web.h"
#include "analysis/row_evidence.h"

/* What can be measured of a row, and by what. */
static const struct {
    const char *service;
    gboolean is_tcp;
    guint16 port; /* 0: any port of the row's range */
    MpReadRowEvidence read;
} measurables[] = {
    {"STUN", FALSE, 3478, mp_row_evidence_stun},
    {"TURN", FALSE, 3478, mp_row_evidence_turn},
    {"TURN", TRUE, 443, mp_row_evidence_turn},
    {"MEDIA", FALSE, 0, mp_row_evidence_media_ports},
};

static gboolean has_service(const MpRequirementRow *row, const char *service)
{
    return g_ptr_array_find_with_equal_func(row->services, service, g_str_equal, NULL);
}

static gboolean covers(const MpRequirementRow *row, const MpAddress *address)
{
    for (guint i = 0; i < row->ranges->len; i++)
        if (mp_cidr_contains(&g_array_index(row->ranges, MpCidr, i), address))
            return TRUE;
    return FALSE;
}

/* A row that lists addresses is about those only. A row of names is about servers of these names
 * and, since the product's servers are found through them, about the product's addresses. */
static gboolean is_about(const MpProfile *profile, const MpRequirementRow *row,
                         const MpRowEvidence *evidence)
{
    for (guint i = 0; evidence->host && i < row->hosts->len; i++)
        if (mp_host_pattern_covers(row->hosts->pdata[i], evidence->host))
            return TRUE;
    if (row->ranges->len == 0)
        return mp_profile_covers(profile, &evidence->server);
    return covers(row, &evidence->server) &&
           (evidence->relay.family == MP_FAMILY_NONE || covers(row, &evidence->relay));
}

/* ICMP names who sent it: "... from 203.0.113.1". */
static gboolean refused_on_the_way(const MpMeasurement *measurement, const MpAddress *server)
{
    JsonObject *stage = mp_measurement_broken_stage(measurement);
    const char *detail = stage ? mp_facts_string(stage, "detail") : NULL;
    const char *sender = detail ? strstr(detail, " from ") : NULL;
    g_autofree char *address = mp_address_to_ip_string(server);
    return sender && !g_str_equal(sender + strlen(" from "), address);
}

static MpRequirementState state_of(MpReach reach, const MpMeasurement *measurement,
                                   const MpAddress *server)
{
    if (reach == MP_REACH_ANSWERED)
        return MP_REQUIREMENT_MET;
    /* The server's own "nobody listens" got through: that says nothing against the network. */
    if (reach == MP_REACH_REFUSED && !refused_on_the_way(measurement, server))
        return MP_REQUIREMENT_UNKNOWN;
    return mp_reach_is_broken(reach) ? MP_REQUIREMENT_FAILED : MP_REQUIREMENT_UNKNOWN;
}

static gboolean is_stronger(MpRequirementState state, MpRequirementState than)
{
    return state == MP_REQUIREMENT_MET
               ? than != MP_REQUIREMENT_MET
               : state == MP_REQUIREMENT_FAILED && than == MP_REQUIREMENT_UNKNOWN;
}

/* The evidence's own name of the far end; media's step names the signalling, not the media server.
 */
static char *evidence_target(const MpMeasurement *measurement, const MpRowEvidence *evidence)
{
    return g_str_equal(measurement->kind, "media") ? mp_address_to_ip_string(&evidence->server)
                                                   : g_strdup(measurement->target);
}

/* One thing to look for: who reads it, for which row, on which ports. */
typedef struct {
    const MpResult *result;
    MpRowQuestion question;
    MpReadRowEvidence read;
} Search;

/* FALSE when the measurement says nothing about the row. */
static gboolean find_evidence(const Search *search, const MpMeasurement *measurement,
                              MpRowEvidence *evidence)
{
    /* The ports of a relay are asked over UDP, whatever leads to its server. */
    const gboolean is_tcp = !mp_transport_is_datagram(measurement->transport) &&
                            !mp_ports_is_kind(measurement->kind);
    *evidence = (MpRowEvidence){.reach = MP_REACH_UNASKED};
    if (is_tcp != search->question.ports.is_tcp ||
        !search->read(search->result, measurement, &search->question, evidence))
        return FALSE;
    const MpStep *step = mp_evidence_step(search->result, measurement);
    if (step && mp_step_is_ipv6_beside(step))
        return FALSE;
    evidence->host = step && step->server ? step->server->host : NULL;
    return evidence->server.port >= search->question.ports.first &&
           evidence->server.port <= search->question.ports.last &&
           is_about(search->question.profile, search->question.row, evidence);
}

/* The servers that the row was measured at, MpAddress. */
static GArray *find_servers(const Search *search)
{
    GArray *servers = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    for (guint i = 0; i < search->result->measurements->len; i++) {
        MpRowEvidence evidence;
        gboolean is_new = find_evidence(search, search->result->measurements->pdata[i], &evidence);
        for (guint j = 0; j < servers->len; j++)
            if (mp_address_equal_ip(&evidence.server, &g_array_index(servers, MpAddress, j)))
                is_new = FALSE;
        if (is_new)
            g_array_append_val(servers, evidence.server);
    }
    return servers;
}

/* A map of all ports counts for more than a call over one of them. */
static gboolean is_better(const MpRowEvidence *evidence, MpRequirementState state,
                          const MpRequirement *than, gboolean has_whole)
{
    if (evidence->is_whole != has_whole)
        return evidence->is_whole && state != MP_REQUIREMENT_UNKNOWN;
    return is_stronger(state, than->state);
}

/* However the row stands: what is known of all its ports. */
static void keep_sample(MpRequirement *requirement, const MpMeasurement *measurement,
                        const MpRowEvidence *evidence)
{
    if (evidence->n_sampled <= requirement->n_sampled)
        return;
    g_free(requirement->sample);
    requirement->sample = g_strdup(measurement->id);
    requirement->n_sampled = evidence->n_sampled;
    requirement->blocked_bound = evidence->blocked_bound;
}

/* Of one server the strongest evidence counts. The port that it is about; 0: there is none, or it
 * is about all of them. */
static guint16 weigh(MpRequirement *requirement, const Search *search, const MpAddress *server)
{
    guint16 port = 0;
    gboolean has_whole = FALSE;
    for (guint i = 0; i < search->result->measurements->len; i++) {
        const MpMeasurement *measurement = search->result->measurements->pdata[i];
        MpRowEvidence evidence;
        if (!find_evidence(search, measurement, &evidence) ||
            !mp_address_equal_ip(&evidence.server, server))
            continue;
        keep_sample(requirement, measurement, &evidence);
        const MpRequirementState state = state_of(evidence.reach, measurement, &evidence.server);
        if (!is_better(&evidence, state, requirement, has_whole))
            continue;
        requirement->state = state;
        g_free(requirement->target);
        requirement->target = evidence_target(measurement, &evidence);
        g_free(requirement->measurement);
        requirement->measurement = g_strdup(measurement->id);
        has_whole = evidence.is_whole;
        port = has_whole ? 0 : evidence.server.port;
    }
    return port;
}

static void append(GString *text, const char *part)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", part);
}

static gboolean is_inside_another(const GArray *ranges, guint index)
{
    const MpCidr *range = &g_array_index(ranges, MpCidr, index);
    for (guint i = 0; i < ranges->len; i++) {
        const MpCidr *other = &g_array_index(ranges, MpCidr, i);
        if (other->prefix_length < range->prefix_length && mp_cidr_contains(other, &range->base))
            return TRUE;
    }
    return FALSE;
}

/* The row's hosts; where it has none its ranges, without those that lie inside another. */
static char *target_of(const MpRequirementRow *row)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < row->hosts->len; i++)
        append(text, ((const MpHostPattern *)row->hosts->pdata[i])->name);
    for (guint i = 0; row->hosts->len == 0 && i < row->ranges->len; i++) {
        const MpCidr *range = &g_array_index(row->ranges, MpCidr, i);
        g_autofree char *base = mp_address_to_ip_string(&range->base);
        g_autofree char *name = g_strdup_printf("%s/%u", base, range->prefix_length);
        if (!is_inside_another(row->ranges, i))
            append(text, name);
    }
    return g_string_free(text, FALSE);
}

static MpRequirement *add(MpResult *result, const MpRequirementRow *row, const char *service,
                          const MpPortRange *range, MpRequirementState state)
{
    MpRequirement *requirement = g_new0(MpRequirement, 1);
    requirement->row = g_strdup(row->row);
    requirement->target = target_of(row);
    requirement->service = g_strdup(service);
    requirement->protocol = g_strdup(range->is_tcp ? "tcp" : "udp");
    requirement->port = range->first == range->last
                            ? g_strdup_printf("%u", range->first)
                            : g_strdup_printf("%u-%u", range->first, range->last);
    requirement->state = state;
    requirement->is_optional = !row->is_required;
    g_ptr_array_add(result->requirements, requirement);
    return requirement;
}

/* The row's first range of that protocol that has the port, or any range wider than a port. */
static const MpPortRange *range_for(const MpRequirementRow *row, gboolean is_tcp, guint16 port)
{
    for (guint i = 0; i < row->ports->len; i++) {
        const MpPortRange *range = &g_array_index(row->ports, MpPortRange, i);
        const gboolean fits = port == 0 ? range->first < range->last
                                        : range->first <= port && port <= range->last;
        if (range->is_tcp == is_tcp && fits)
            return range;
    }
    return NULL;
}

/* One port never stands for a range: the port that was used is proven, the rest is unknown. One
 * port that is blocked does break the range. */
static void narrow_to_port(MpResult *result, const MpRequirementRow *row, MpRequirement *whole,
                           gboolean is_tcp, guint16 port)
{
    const MpPortRange used = {is_tcp, port, port};
    MpRequirement *proven = add(result, row, whole->service, &used, MP_REQUIREMENT_MET);
    g_free(proven->target);
    proven->target = g_strdup(whole->target);
    proven->measurement = g_strdup(whole->measurement);
    whole->state = MP_REQUIREMENT_UNKNOWN;
}

/* One entry a server: one that answers must not hide another that does not. */
static void add_service(MpResult *result, const Search *search, const char *service,
                        const MpPortRange *range)
{
    g_autoptr(GArray) servers = find_servers(search);
    if (servers->len == 0)
        add(result, search->question.row, service, range, MP_REQUIREMENT_UNKNOWN);
    for (guint i = 0; i < servers->len; i++) {
        MpRequirement *requirement = add(result, search->question.row, service, range,
                                         MP_REQUIREMENT_UNKNOWN);
        const guint16 used = weigh(requirement, search, &g_array_index(servers, MpAddress, i));
        if (used && search->question.ports.first < search->question.ports.last &&
            requirement->state == MP_REQUIREMENT_MET)
            narrow_to_port(result, search->question.row, requirement, search->question.ports.is_tcp,
                           used);
    }
}

static void add_measured(MpResult *result, const MpProfile *profile, const MpRequirementRow *row)
{
    for (gsize i = 0; i < G_N_ELEMENTS(measurables); i++) {
        const MpPortRange *range = range_for(row, measurables[i].is_tcp, measurables[i].port);
        if (!range || !has_service(row, measurables[i].service))
            continue;
        const guint16 port = measurables[i].port;
        const Search search = {.result = result,
                               .question = {.profile = profile,
                                            .row = row,
                                            .ports = {range->is_tcp, port ? port : range->first,
                                                      port ? port : range->last}},
                               .read = measurables[i].read};
        add_service(result, &search, measurables[i].service, range);
    }
}

static const MpPortRange *first_range(const MpRequirementRow *row)
{
    static const MpPortRange https = {TRUE, 443, 443};
    return row->ports->len > 0 ? &g_array_index(row->ports, MpPortRange, 0) : &https;
}

/* All services of a row in one entry. */
static void add_whole(MpResult *result, const MpRequirementRow *row, MpRequirementState state)
{
    g_autoptr(GString) services = g_string_new(NULL);
    for (guint i = 0; i < row->services->len; i++)
        append(services, row->services->pdata[i]);
    add(result, row, services->str, first_range(row), state);
}

static gboolean is_measurable(const char *service)
{
    for (gsize i = 0; i < G_N_ELEMENTS(measurables); i++)
        if (g_str_equal(measurables[i].service, service))
            return TRUE;
    return FALSE;
}

static void add_row(MpResult *result, const MpProfile *profile, const MpRequirementRow *row)
{
    const gboolean is_visited = mp_requirements_add_web(result, profile, row);
    gboolean has_measurable = is_visited;
    for (guint i = 0; i < row->services->len; i++)
        has_measurable = has_measurable || is_measurable(row->services->pdata[i]);
    if (!has_measurable) {
        add_whole(result, row, MP_REQUIREMENT_UNKNOWN);
        return;
    }
    for (guint i = 0; i < row->services->len; i++)
        if (!is_measurable(row->services->pdata[i]) &&
            !(is_visited && mp_requirements_is_web(row->services->pdata[i])))
            add(result, row, row->services->pdata[i], first_range(row), MP_REQUIREMENT_UNKNOWN);
    add_measured(result, profile, row);
}

void mp_analysis_requirements(MpResult *result, const MpProfile *profile)
{
    const gboolean is_guest = g_strcmp0(result->role, "guest") == 0;
    g_ptr_array_set_size(result->requirements, 0);
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        if (is_guest ? row->for_guest : row->for_host)
            add_row(result, profile, row);
        else
            add_whole(result, row, MP_REQUIREMENT_NOT_APPLICABLE);
    }
}
