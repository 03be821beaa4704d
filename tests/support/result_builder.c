/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Results and a profile made by hand.
 */
#include "tests/support/result_builder.h"

#include <string.h>

#include "analysis/judge.h"

#define TURN_STAGES                                                                                \
    "binding answered, allocate answered, permission answered, channel answered, data answered, "  \
    "refresh answered"
#define MEDIA_STAGES                                                                               \
    "gather answered, whip answered 201, ice answered, dtls answered, srtp answered, "             \
    "media answered, record answered 200"

/* A clean direction, a relay and a call, as the probes tell them. */
#define CLEAN                                                                                      \
    "{\"packets_sent\": 1000, \"packets_received\": 1000, \"loss_percent\": 0, "                   \
    "\"unexplained_lost\": 0, \"burst_length\": 0, \"pdv_p95_ms\": 2, \"jitter_ms\": 1, "          \
    "\"reorder_percent\": 0, \"throughput_kbps\": 2600, \"offered_kbps\": 2600, "                  \
    "\"tester_error_ms\": 0.1}"
#define RELAY_FACTS "{\"relayed_address\": \"168.100.64.10:50000\"}"
#define CALL_FACTS                                                                                 \
    "{\"setup_ms\": 120, \"pair\": {\"remote\": \"216.147.0.20:40000\"}, "                         \
    "\"rtt_ms\": {\"min\": 18, \"p50\": 20, \"p95\": 25, \"p99\": 27, \"max\": 30}, "              \
    "\"tier\": \"720p\", \"tier_kbps\": 2500, \"tier_height\": 720, \"up\": " CLEAN                \
    ", \"down\": " CLEAN ", \"timing\": {\"timer_late_p99_ms\": 0.5, \"receive_overflows\": 0}, "  \
    "\"far_timing\": {\"receive_overflows\": 0}}"

static void add_stage(MpMeasurement *measurement, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 4);
    const guint n = g_strv_length(words);
    const guint code = n > 2 ? (guint)g_ascii_strtoull(words[2], NULL, 10) : 0;
    MpOutcome outcome;
    g_assert_cmpuint(n, >=, 2);
    g_assert_true(mp_outcome_parse(&outcome, words[1]));
    g_autofree char *detail = n > 2 ? g_strjoinv(" ", words + (code ? 3 : 2)) : NULL;
    mp_measurement_add_stage(measurement, words[0], outcome, MP_MSEC(1), code,
                             detail && *detail ? detail : NULL);
}

static void add_stages(MpMeasurement *measurement, const char *text)
{
    if (g_str_equal(text, "not_run")) {
        measurement->outcome = MP_OUTCOME_NOT_RUN;
        return;
    }
    g_auto(GStrv) stages = g_strsplit(text, ",", -1);
    for (guint i = 0; stages[i]; i++)
        add_stage(measurement, g_strstrip(stages[i]));
}

void built_facts(MpMeasurement *measurement, const char *json)
{
    g_autoptr(JsonNode) root = json_from_string(json, NULL);
    g_assert_nonnull(root);
    JsonObject *object = json_node_get_object(root);
    g_autoptr(GList) names = json_object_get_members(object);
    for (GList *name = names; name; name = name->next)
        json_object_set_member(measurement->facts, name->data,
                               json_object_dup_member(object, name->data));
}

MpMeasurement *built_measurement(MpResult *result, const char *id)
{
    const MpMeasurement *measurement = mp_result_measurement(result, id);
    g_assert_nonnull(measurement);
    return (MpMeasurement *)measurement;
}

static MpServerUri *server_uri(gboolean is_turn, MpTransport transport, const char *host,
                               guint16 port)
{
    MpServerUri *uri = g_new0(MpServerUri, 1);
    uri->is_turn = is_turn;
    uri->transport = transport;
    uri->host = g_strdup(host);
    uri->port = port;
    return uri;
}

MpMeasurement *built_server(MpResult *result, const char *kind, MpTransport transport,
                            const char *host, guint16 port, const char *stages)
{
    const gboolean is_turn = g_str_equal(kind, "turn");
    g_autofree char *id = g_strdup_printf("%s%s%s:%s:%u", kind, is_turn ? "-" : "",
                                          is_turn ? mp_transport_name(transport) : "", host, port);
    g_autofree char *address = g_strdup_printf("%s:%u", host, port);
    MpStep *step = mp_step_new(kind, id);
    step->server = server_uri(is_turn, transport, host, port);
    step->way = is_turn ? (MpWay)(MP_WAY_TURN_UDP + transport) : MP_WAY_UDP;
    g_ptr_array_add(result->plan, step);

    MpMeasurement *measurement = mp_measurement_new(id, kind, address, transport);
    json_object_set_string_member(measurement->facts, "server_address", address);
    add_stages(measurement, stages);
    if (is_turn && measurement->outcome == MP_OUTCOME_ANSWERED)
        built_facts(measurement, RELAY_FACTS);
    g_ptr_array_add(result->measurements, measurement);
    return measurement;
}

MpMeasurement *built_web(MpResult *result, const char *host, const char *stages)
{
    g_autofree char *id = g_strconcat("web:", host, NULL);
    g_autofree char *target = g_strconcat(host, ":443", NULL);
    MpStep *step = mp_step_new("web", id);
    step->server = server_uri(FALSE, MP_TRANSPORT_TLS, host, 443);
    g_ptr_array_add(result->plan, step);
    MpMeasurement *measurement = mp_measurement_new(id, "web", target, MP_TRANSPORT_TLS);
    add_stages(measurement, stages);
    g_ptr_array_add(result->measurements, measurement);
    return measurement;
}

MpMeasurement *built_ports(MpResult *result, const char *address, const char *blocked)
{
    g_autoptr(MpPortMap) map = mp_port_map_new(MP_PORT_METHOD_FAR_END, 1025, G_MAXUINT16);
    memset(map->states + map->first, MP_PORT_OPEN, (gsize)(map->last - map->first) + 1);
    g_auto(GStrv) runs = g_strsplit(blocked, " ", -1);
    for (guint i = 0; runs[i] && *runs[i]; i++) {
        char *dash = NULL;
        const guint first = (guint)g_ascii_strtoull(runs[i], &dash, 10);
        const guint last = *dash ? (guint)g_ascii_strtoull(dash + 1, NULL, 10) : first;
        memset(map->states + first, MP_PORT_BLOCKED_OUT, last - first + 1);
    }
    g_ptr_array_add(result->plan, mp_step_new("ports", "ports"));
    MpMeasurement *measurement = mp_measurement_new("ports", "ports", address, MP_TRANSPORT_UDP);
    json_object_set_string_member(measurement->facts, "server_address", address);
    mp_port_map_write(map, measurement->facts);
    add_stages(measurement, "sweep answered");
    g_ptr_array_add(result->measurements, measurement);
    return measurement;
}

static MpMeasurement *add_server(MpResult *result, const char *kind, MpTransport transport,
                                 guint16 port, const char *stages, const char *healthy)
{
    if (stages && !*stages)
        return NULL;
    return built_server(result, kind, transport, BUILT_TURN, port, stages ? stages : healthy);
}

static void add_media(MpResult *result, MpWay way, const MpMeasurement *relay, const char *stages)
{
    if ((stages && !*stages) || (way != MP_WAY_UDP && !relay))
        return;

    g_autofree char *id = g_strconcat("media-", mp_way_name(way), NULL);
    MpStep *step = mp_step_new("media", id);
    step->way = way;
    step->requires_id = relay ? g_strdup(relay->id) : NULL;
    g_ptr_array_add(result->plan, step);

    const gboolean is_held = relay && relay->outcome != MP_OUTCOME_ANSWERED;
    MpMeasurement *media = mp_measurement_new(id, "media", "https://" BUILT_RESPONDER "/whip",
                                              relay ? relay->transport : MP_TRANSPORT_UDP);
    add_stages(media, is_held ? "not_run" : stages ? stages : MEDIA_STAGES);
    if (media->outcome == MP_OUTCOME_ANSWERED)
        built_facts(media, CALL_FACTS);
    g_ptr_array_add(result->measurements, media);
}

MpResult *built_result(const BuiltCase *built)
{
    MpResult *result = mp_result_new();
    result->role = g_strdup("host");
    result->environment->cpu_headroom = 0.8;
    add_server(result, "stun", MP_TRANSPORT_UDP, 3478, built->stun,
               "resolve answered, binding answered");
    const MpMeasurement *udp = add_server(result, "turn", MP_TRANSPORT_UDP, 3478, built->turn_udp,
                                          "resolve answered, " TURN_STAGES);
    const MpMeasurement *tcp = add_server(result, "turn", MP_TRANSPORT_TCP, 3478, built->turn_tcp,
                                          "resolve answered, connect answered, " TURN_STAGES);
    const MpMeasurement *tls = add_server(
        result, "turn", MP_TRANSPORT_TLS, 443, built->turn_tls,
        "resolve answered, connect answered, tls answered, " TURN_STAGES);
    add_media(result, MP_WAY_UDP, NULL, built->media_udp);
    add_media(result, MP_WAY_TURN_UDP, udp, built->media_turn_udp);
    add_media(result, MP_WAY_TURN_TCP, tcp, built->media_turn_tcp);
    add_media(result, MP_WAY_TURN_TLS, tls, built->media_turn_tls);
    return result;
}

static MpRequirementRow *add_row(MpProfile *profile, const char *name, const char *host,
                                 const char *const *services)
{
    MpRequirementRow *row = mp_requirement_row_new();
    row->row = g_strdup(name);
    row->is_required = row->for_host = row->for_guest = TRUE;
    for (guint i = 0; services[i]; i++)
        g_ptr_array_add(row->services, g_strdup(services[i]));
    if (host) {
        MpHostPattern *pattern = g_new0(MpHostPattern, 1);
        pattern->name = g_strdup(host);
        pattern->probe_names = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(row->hosts, pattern);
    }
    g_ptr_array_add(profile->rows, row);
    return row;
}

static void add_ports(MpRequirementRow *row, const MpPortRange *ports, guint n)
{
    g_array_append_vals(row->ports, ports, n);
}

static void add_range(MpRequirementRow *row, const char *text)
{
    MpCidr range;
    g_assert_true(mp_cidr_parse(&range, text));
    g_array_append_val(row->ranges, range);
}

static void add_limit(MpProfile *profile, MpSessionType type, const char *metric,
                      gboolean higher_is_better, double stable, double degraded)
{
    MpLimit *limit = g_new0(MpLimit, 1);
    limit->metric = g_strdup(metric);
    limit->higher_is_better = higher_is_better;
    limit->stable = stable;
    limit->degraded = degraded;
    g_ptr_array_add(profile->sessions[type].limits, limit);
}

MpProfile *built_profile(void)
{
    static const char *const web[] = {"HTTPS", "WSS", NULL};
    static const char *const all[] = {"HTTPS", "WSS", "STUN", "TURN", "MEDIA", NULL};
    static const MpPortRange https[] = {{TRUE, 443, 443}};
    static const MpPortRange media[] = {
        {TRUE, 443, 443}, {FALSE, 3478, 3478}, {FALSE, 1025, 65535}};
    MpProfile *profile = mp_profile_new();
    add_ports(add_row(profile, "1-1", "*.bell-face.com", web), https, 1);
    MpRequirementRow *host_only = add_row(profile, "1-3", "s3.example", web);
    host_only->for_guest = FALSE;
    add_ports(host_only, https, 1);
    add_ports(add_row(profile, "1-7", "*.tokbox.com", all), media, 3);
    add_ports(add_row(profile, "2-1", "go.example", web), https, 1);
    MpRequirementRow *addresses = add_row(profile, "3-1", NULL, all);
    add_ports(addresses, media, 3);
    add_range(addresses, "168.100.64.0/18");
    add_range(addresses, "168.100.64.0/24");
    add_range(addresses, "216.147.0.0/18");

    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const MpSessionType type = (MpSessionType)i;
        add_limit(profile, type, "loss_percent", FALSE, 0.5, 3);
        add_limit(profile, type, "rate_kbps", TRUE, 1000, 350);
        add_limit(profile, type, "rtt_p95_ms", FALSE, 300, 600);
        add_limit(profile, type, "pdv_p95_ms", FALSE, 30, 100);
    }
    add_limit(profile, MP_SESSION_VIRTUAL_BACKGROUND, "cpu_headroom", TRUE, 0.4, 0.1);
    return profile;
}

MpLimit *built_limit(MpProfile *profile, MpSessionType type, const char *metric)
{
    GPtrArray *limits = profile->sessions[type].limits;
    for (guint i = 0; i < limits->len; i++)
        if (g_str_equal(((MpLimit *)limits->pdata[i])->metric, metric))
            return limits->pdata[i];
    g_assert_not_reached();
}

MpResult *built_judged(MpResult *result)
{
    g_autoptr(MpProfile) profile = built_profile();
    mp_judge(result, profile);
    return result;
}

const MpFinding *built_find(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (g_str_equal(((const MpFinding *)result->findings->pdata[i])->id, id))
            return result->findings->pdata[i];
    return NULL;
}

const MpFinding *built_only(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->findings->len; i++)
        g_assert_cmpstr(((const MpFinding *)result->findings->pdata[i])->id, ==, id);
    g_assert_cmpuint(result->findings->len, ==, 1);
    return result->findings->pdata[0];
}

const char *built_text(const MpFinding *finding, const char *name)
{
    return mp_facts_string(finding->numbers, name);
}

double built_number(const MpFinding *finding, const char *name)
{
    double value;
    g_assert_true(mp_facts_number(finding->numbers, name, &value));
    return value;
}
