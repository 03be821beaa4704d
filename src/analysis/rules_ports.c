/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which UDP ports the map shows as closed, and the shortest rule that would open them.
 */
#include "analysis/cases.h"
#include "analysis/ports.h"
#include "analysis/rules.h"
#include "base/cidr_join.h"

/* RFC 8489 section 18.6. */
#define STUN_PORT 3478
/* More runs than a person reads. */
#define MOST_RUNS 8

static gboolean is_closed(MpPortState state)
{
    return state == MP_PORT_BLOCKED || state == MP_PORT_BLOCKED_OUT || state == MP_PORT_BLOCKED_IN;
}

static void append_run(GString *text, guint16 first, guint16 last)
{
    g_string_append_printf(text, "%s%u", text->len ? ", " : "", first);
    if (last != first)
        g_string_append_printf(text, "-%u", last);
}

/* The last of the closed runs that follow run `i` with nothing open between. */
static guint last_joined(const GArray *runs, guint i)
{
    guint last = i;
    for (; i < runs->len && g_array_index(runs, MpPortRun, i).state != MP_PORT_OPEN; i++)
        if (is_closed(g_array_index(runs, MpPortRun, i).state))
            last = i;
    return last;
}

/* "1025-3477, 3479-29999". `is_joined`: over what lies between closed ports and was not asked.
 * `most` 0: all of them. The number of the runs goes to `n_runs`. Free with g_free(). */
static char *closed_runs(const MpPortMap *map, gboolean is_joined, guint most, guint *n_runs)
{
    g_autoptr(GArray) runs = mp_port_map_runs(map);
    GString *text = g_string_new(NULL);
    *n_runs = 0;
    for (guint i = 0; i < runs->len; i++) {
        const MpPortRun *run = &g_array_index(runs, MpPortRun, i);
        const guint16 first = run->first;
        if (!is_closed(run->state))
            continue;
        while (i + 1 < runs->len && is_closed(g_array_index(runs, MpPortRun, i + 1).state))
            i++;
        i = is_joined ? last_joined(runs, i) : i;
        if (!most || *n_runs < most)
            append_run(text, first, g_array_index(runs, MpPortRun, i).last);
        (*n_runs)++;
    }
    if (most && *n_runs > most)
        g_string_append_printf(text, ", ... (%u)", *n_runs);
    return g_string_free(text, FALSE);
}

/* NULL: both, or not known. */
static const char *direction(const MpPortMap *map)
{
    const guint out = mp_port_map_count(map, MP_PORT_BLOCKED_OUT);
    const guint in = mp_port_map_count(map, MP_PORT_BLOCKED_IN);
    if (mp_port_map_count(map, MP_PORT_BLOCKED) > 0 || (out > 0) == (in > 0))
        return NULL;
    return out > 0 ? "out" : "in";
}

/* The profile's ranges that the far end lies in, else the far end itself. Free with g_free(). */
static char *destination(const MpProfile *profile, const MpMeasurement *measurement)
{
    MpAddress address;
    if (!mp_facts_address(measurement->facts, "server_address", &address) &&
        !mp_facts_address(measurement->facts, "walk_target", &address))
        return g_strdup(measurement->target);
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        for (guint j = 0; j < row->ranges->len; j++) {
            const MpCidr *range = &g_array_index(row->ranges, MpCidr, j);
            g_autofree char *base = mp_address_to_ip_string(&range->base);
            if (mp_cidr_contains(range, &address))
                return g_strdup_printf("%s/%u", base, range->prefix_length);
        }
    }
    return mp_address_to_ip_string(&address);
}

/* A walk tells which hop keeps the first of the closed ports. */
static void set_hop(MpFinding *finding, const MpMeasurement *measurement)
{
    JsonArray *blocks = mp_facts_array(measurement->facts, "blocks");
    JsonObject *first = blocks && json_array_get_length(blocks) > 0 ? mp_facts_object_at(blocks, 0)
                                                                    : NULL;
    if (first && !finding->hop)
        finding->hop = g_strdup(mp_facts_string(first, "hop"));
}

static void describe(MpFinding *finding, const MpDiagnosis *diagnosis,
                     const MpMeasurement *measurement, const MpPortMap *map)
{
    guint n_runs;
    g_autofree char *some = closed_runs(map, FALSE, MOST_RUNS, &n_runs);
    g_autofree char *all = closed_runs(map, TRUE, 0, &n_runs);
    g_autofree char *where = destination(diagnosis->profile, measurement);
    g_autofree char *rule = g_strdup_printf(
        n_runs > 1 ? "allow out udp to %s port { %s }" : "allow out udp to %s port %s", where, all);
    json_object_set_int_member(finding->numbers, "count", mp_ports_count_closed(map));
    if (map->is_sample)
        json_object_set_int_member(finding->numbers, "sampled", map->n_asked);
    json_object_set_string_member(finding->numbers, "ports", some);
    json_object_set_string_member(finding->numbers, "rule", rule);
    mp_finding_add_text(finding, "direction", direction(map));
    set_hop(finding, measurement);
}

/* The blocked parts of the ranges, joined: MpCidr. NULL: no walk asked about parts. */
static GArray *blocked_prefixes(const MpMeasurement *walk)
{
    JsonArray *blocked = mp_facts_array(walk->facts, "prefixes.blocked");
    GArray *prefixes = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    for (guint i = 0; blocked && i < json_array_get_length(blocked); i++) {
        MpCidr cidr;
        const char *text = mp_facts_string_at(blocked, i);
        if (text && mp_cidr_parse(&cidr, text))
            g_array_append_val(prefixes, cidr);
    }
    mp_cidr_join(prefixes);
    return prefixes;
}

static char *join_prefixes(const GArray *prefixes)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < prefixes->len; i++) {
        g_autofree char *one = mp_cidr_to_string(&g_array_index(prefixes, MpCidr, i));
        g_string_append_printf(text, "%s%s", i ? ", " : "", one);
    }
    return g_string_free(text, FALSE);
}

/* Silence is no proof as a refusal is: the part may lie on a way of its own. */
static void report_prefixes(MpDiagnosis *diagnosis, const MpRule *rule, MpMeasurement *walk)
{
    double port;
    double passed;
    g_autoptr(GArray) prefixes = blocked_prefixes(walk);
    g_autoptr(MpPortMap) map = mp_port_map_read(walk->facts);
    if (!map || prefixes->len == 0 || !mp_facts_number(walk->facts, "control_port", &port) ||
        !mp_facts_number(walk->facts, "prefixes.passed", &passed))
        return;
    const guint count = json_array_get_length(mp_facts_array(walk->facts, "prefixes.blocked"));
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_ptr_array_add(evidence, walk);
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
    g_autofree char *text = join_prefixes(prefixes);
    g_autofree char *rule_line = g_strdup_printf(
        prefixes->len > 1 ? "allow out udp to { %s } port %u-%u" : "allow out udp to %s port %u-%u",
        text, map->first, map->last);
    json_object_set_int_member(finding->numbers, "count", count);
    json_object_set_int_member(finding->numbers, "asked", (gint64)passed + count);
    json_object_set_int_member(finding->numbers, "passed", (gint64)passed);
    json_object_set_int_member(finding->numbers, "port", (gint64)port);
    json_object_set_string_member(finding->numbers, "prefixes", text);
    json_object_set_string_member(finding->numbers, "rule", rule_line);
}

/* A port that gets out toward one part of the ranges does not toward another. */
void mp_rule_udp_prefixes_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *walk = measurements->pdata[i];
        if (g_str_equal(walk->kind, "ports-walk"))
            report_prefixes(diagnosis, rule, walk);
    }
}

/* Closed itself; or of a sample, beside the next one that was asked and is closed. */
static gboolean is_kept(const MpPortMap *map, guint16 port)
{
    guint below = port;
    guint above = port;
    if (!map->is_sample || map->states[port] != MP_PORT_UNKNOWN)
        return is_closed(map->states[port]);
    while (below > map->first && map->states[below] == MP_PORT_UNKNOWN)
        below--;
    while (above < map->last && map->states[above] == MP_PORT_UNKNOWN)
        above++;
    return is_closed(map->states[below]) || is_closed(map->states[above]);
}

/* Media straight to a port that the map shows as closed failed for that. */
static void add_media(const MpDiagnosis *diagnosis, const MpPortMap *map, GPtrArray *evidence)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *media = measurements->pdata[i];
        const MpStep *step = mp_evidence_step(diagnosis->result, media);
        JsonObject *stage = mp_diagnosis_open_stage(diagnosis, media);
        MpAddress peer;
        if (stage && step && g_str_equal(step->kind, "media") && step->way == MP_WAY_UDP &&
            mp_stage_has_name(stage, "ice") && mp_evidence_media_peer(media, &peer) &&
            is_kept(map, peer.port))
            g_ptr_array_add(evidence, media);
    }
}

/* The port of STUN and TURN alone: that has a finding of its own, which the map bears out. */
static gboolean bears_out_3478(MpDiagnosis *diagnosis, const MpMeasurement *measurement,
                               const MpPortMap *map)
{
    if (mp_ports_count_closed(map) != 1 || !is_closed(map->states[STUN_PORT]))
        return FALSE;
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        MpFinding *finding = diagnosis->findings->pdata[i];
        if (!g_str_equal(finding->id, "udp-3478-blocked"))
            continue;
        g_ptr_array_add(finding->evidence, g_strdup(measurement->id));
        return TRUE;
    }
    return FALSE;
}

static void report_map(MpDiagnosis *diagnosis, const MpRule *rule, MpMeasurement *measurement)
{
    g_autoptr(MpPortMap) map = mp_ports_read(measurement);
    const gboolean is_mute = map && mp_ports_is_mute(map);
    if (!map || mp_ports_count_closed(map) == 0 ||
        (is_mute && (map->is_sample || diagnosis->findings->len > 0)) ||
        bears_out_3478(diagnosis, measurement, map))
        return;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_ptr_array_add(evidence, measurement);
    if (!is_mute)
        add_media(diagnosis, map, evidence);
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    if (is_mute)
        mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
    describe(finding, diagnosis, measurement, map);
}

void mp_rule_udp_ports_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++)
        report_map(diagnosis, rule, measurements->pdata[i]);
}
