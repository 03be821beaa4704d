/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an outcome proves about the port that was asked.
 */
#include "analysis/evidence.h"

#define PROXY_LOGIN_WANTED 407

static const MpReach reaches[MP_N_OUTCOMES] = {
    [MP_OUTCOME_ANSWERED] = MP_REACH_ANSWERED,
    [MP_OUTCOME_REFUSED] = MP_REACH_REFUSED,
    [MP_OUTCOME_SILENT] = MP_REACH_LOST,
    [MP_OUTCOME_RESET] = MP_REACH_LOST,
    [MP_OUTCOME_UNREACHABLE] = MP_REACH_LOST,
    [MP_OUTCOME_PROHIBITED] = MP_REACH_LOST,
    [MP_OUTCOME_INTERCEPTED] = MP_REACH_INTERCEPTED,
    [MP_OUTCOME_AUTH_FAILED] = MP_REACH_ANSWERED,
    [MP_OUTCOME_REDIRECTED] = MP_REACH_ANSWERED,
    [MP_OUTCOME_QUOTA] = MP_REACH_ANSWERED,
    [MP_OUTCOME_MALFORMED] = MP_REACH_STRANGE,
    [MP_OUTCOME_NOT_RUN] = MP_REACH_UNASKED,
};

/* The stages that put a question to the server's port, in order. */
static const char *const port_stages[] = {"connect", "tls", "binding", "allocate"};

gboolean mp_stage_is_lost_by_chance(JsonObject *stage)
{
    return stage && json_object_has_member(stage, "loss_chance");
}

MpReach mp_stage_reach(JsonObject *stage)
{
    MpOutcome outcome;
    const char *name = stage ? mp_facts_string(stage, "outcome") : NULL;
    if (!name || !mp_outcome_parse(&outcome, name) || mp_stage_is_lost_by_chance(stage))
        return MP_REACH_UNASKED;

    /* A "no" with a protocol's code came from the server itself, or from the name server. */
    double code;
    const gboolean is_about_name = g_strcmp0(mp_facts_string(stage, "name"), "resolve") == 0;
    if (outcome == MP_OUTCOME_REFUSED && !is_about_name && mp_facts_number(stage, "code", &code))
        return MP_REACH_ANSWERED;
    /* In the handshake it is an alert: somebody speaks TLS there, and not with us. */
    if (outcome == MP_OUTCOME_REFUSED && g_strcmp0(mp_facts_string(stage, "name"), "tls") == 0 &&
        !json_object_has_member(stage, "icmp_type"))
        return MP_REACH_STRANGE;
    return reaches[outcome];
}

gboolean mp_reach_is_broken(MpReach reach)
{
    return reach == MP_REACH_REFUSED || reach == MP_REACH_LOST || reach == MP_REACH_INTERCEPTED;
}

MpReach mp_port_reach(const MpMeasurement *measurement)
{
    if (mp_stage_reach(mp_measurement_stage(measurement, "binding")) == MP_REACH_ANSWERED ||
        mp_stage_reach(mp_measurement_stage(measurement, "allocate")) == MP_REACH_ANSWERED)
        return MP_REACH_ANSWERED;

    for (gsize i = 0; i < G_N_ELEMENTS(port_stages); i++) {
        const MpReach reach = mp_stage_reach(mp_measurement_stage(measurement, port_stages[i]));
        /* A connection that opens and then stays mute is no answer of the server. */
        if (reach != MP_REACH_UNASKED && reach != MP_REACH_ANSWERED)
            return reach;
    }
    return MP_REACH_UNASKED;
}

const MpStep *mp_evidence_step(const MpResult *result, const MpMeasurement *measurement)
{
    for (guint i = 0; i < result->plan->len; i++) {
        const MpStep *step = result->plan->pdata[i];
        if (g_str_equal(step->id, measurement->id))
            return step;
    }
    return NULL;
}

gboolean mp_step_is_ipv6_beside(const MpStep *step)
{
    return step->family == MP_FAMILY_IPV6;
}

gboolean mp_step_is_of_way(const MpStep *step, MpWay way)
{
    return step->way == way && !mp_step_is_ipv6_beside(step) && mp_step_has_way(step);
}

gboolean mp_facts_address(JsonObject *facts, const char *path, MpAddress *address)
{
    const char *text = mp_facts_string(facts, path);
    return text &&
           (mp_address_parse_with_port(address, text) || mp_address_parse(address, text, 0));
}

/* Of the far end's candidates, or of our own on an interface: a reflexive one is the NAT's. */
static guint families_of(const MpMeasurement *media, gboolean is_remote)
{
    guint families = 0;
    JsonArray *candidates = mp_facts_array(media->facts, "candidates");
    for (guint i = 0; candidates && i < json_array_get_length(candidates); i++) {
        JsonObject *candidate = mp_facts_object_at(candidates, i);
        const gboolean is_of_side = g_strcmp0(mp_facts_string(candidate, "side"),
                                              is_remote ? "remote" : "local") == 0;
        MpAddress address;
        if (is_of_side &&
            (is_remote || g_strcmp0(mp_facts_string(candidate, "type"), "host") == 0) &&
            mp_facts_address(candidate, "address", &address))
            families |= 1U << address.family;
    }
    return families;
}

gboolean mp_evidence_families_meet(const MpMeasurement *media)
{
    const guint ours = families_of(media, FALSE);
    const guint theirs = families_of(media, TRUE);
    return ours == 0 || theirs == 0 || (ours & theirs) != 0;
}

gboolean mp_evidence_server(const MpResult *result, const MpMeasurement *measurement,
                            MpAddress *address)
{
    if (mp_facts_address(measurement->facts, "server_address", address))
        return TRUE;

    const MpStep *step = mp_evidence_step(result, measurement);
    if (!step || !step->server)
        return FALSE;
    if (!mp_address_parse(address, step->server->host, step->server->port))
        *address = (MpAddress){.family = MP_FAMILY_NONE, .port = step->server->port};
    return TRUE;
}

gboolean mp_evidence_media_stopped(const MpMeasurement *media, const char *direction)
{
    g_autofree char *path = g_strconcat(direction, ".silent_ms", NULL);
    double silent;
    return media->transport == MP_TRANSPORT_UDP && mp_facts_number(media->facts, path, &silent) &&
           silent >= MP_LEAST_SILENCE_MS;
}

gboolean mp_evidence_media_peer(const MpMeasurement *media, MpAddress *address)
{
    if (mp_facts_address(media->facts, "pair.remote", address))
        return TRUE;
    JsonArray *candidates = mp_facts_array(media->facts, "candidates");
    for (guint i = 0; candidates && i < json_array_get_length(candidates); i++) {
        JsonObject *candidate = mp_facts_object_at(candidates, i);
        if (g_strcmp0(mp_facts_string(candidate, "side"), "remote") == 0 &&
            g_strcmp0(mp_facts_string(candidate, "transport"), "udp") == 0 &&
            mp_facts_address(candidate, "address", address))
            return TRUE;
    }
    return FALSE;
}

gboolean mp_evidence_hop(const MpResult *result, const MpMeasurement *measurement, MpAddress *hop)
{
    MpAddress server;
    JsonObject *stage = mp_measurement_broken_stage(measurement);
    const char *from = stage ? mp_facts_string(stage, "icmp_from") : NULL;
    return from && mp_address_parse(hop, from, 0) &&
           (!mp_evidence_server(result, measurement, &server) ||
            !mp_address_equal_ip(&server, hop));
}

gboolean mp_stage_is_proxys(JsonObject *stage)
{
    double code;
    return stage && g_strcmp0(mp_facts_string(stage, "name"), "whip") == 0 &&
           mp_facts_number(stage, "code", &code) && code == PROXY_LOGIN_WANTED;
}

gboolean mp_evidence_reached_proxy(const MpMeasurement *measurement)
{
    return mp_stage_reach(mp_measurement_stage(measurement, "proxy_connect")) ==
               MP_REACH_ANSWERED ||
           mp_stage_is_proxys(mp_measurement_stage(measurement, "whip"));
}
