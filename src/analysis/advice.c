/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way that a browser takes, what it loses by it, and the one change that gives a better one.
 */
#include "analysis/advice.h"

#include <math.h>

#include "analysis/comparison.h"
#include "analysis/evidence.h"
#include "analysis/listed.h"
#include "analysis/paths.h"

/* What is tried first. Ends with the number of ways. */
static const MpWay above_stream[] = {MP_WAY_TURN_UDP, MP_WAY_UDP, MP_N_WAYS};
static const MpWay above_relay[] = {MP_WAY_UDP, MP_N_WAYS};
static const MpWay above_nothing[] = {
    MP_WAY_TURN_UDP,       MP_WAY_UDP, MP_WAY_TURN_TLS, MP_WAY_TURN_TLS_PROXY, MP_WAY_TURN_TCP,
    MP_WAY_TURN_TCP_PROXY, MP_N_WAYS,
};
static const MpWay above_direct[] = {MP_N_WAYS};

static const MpPath *find_path(const MpResult *result, MpWay way)
{
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        if (path->way == way)
            return path;
    }
    return NULL;
}

/* What broke the way; NULL: nothing did, or another server of it answered. */
static const MpMeasurement *broken_measurement(const MpPath *path)
{
    const MpMeasurement *broken = NULL;
    for (guint i = 0; path && i < path->measurements->len; i++) {
        const MpMeasurement *measurement = path->measurements->pdata[i];
        if (measurement->outcome == MP_OUTCOME_ANSWERED)
            broken = NULL;
        else if (!broken && mp_measurement_broken_stage(measurement))
            broken = measurement;
    }
    return broken;
}

static const MpFinding *explaining_finding(const MpResult *result, const MpMeasurement *measurement)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const MpFinding *finding = result->findings->pdata[i];
        if (g_ptr_array_find_with_equal_func(finding->evidence, measurement->id, g_str_equal, NULL))
            return finding;
    }
    return NULL;
}

/* Without a finding: what the network kept is the site's, what a server said is the server's. */
static MpOwner owner_of(const MpFinding *finding, const MpMeasurement *broken)
{
    if (finding)
        return finding->owner;
    const MpReach reach = mp_stage_reach(mp_measurement_broken_stage(broken));
    return mp_reach_is_broken(reach) ? MP_OWNER_SITE_NETWORK : MP_OWNER_SERVICE_OPERATOR;
}

static gboolean is_the_sites(const MpResult *result, const MpMeasurement *broken)
{
    return owner_of(explaining_finding(result, broken), broken) == MP_OWNER_SITE_NETWORK;
}

/* The relay would not carry the call either way: on another of its ways it was reached, and it was
 * down or said no. */
static gboolean relay_fails_by_itself(const MpResult *result)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        if (g_str_equal(measurement->kind, "turn") && mp_measurement_broken_stage(measurement) &&
            !is_the_sites(result, measurement))
            return TRUE;
    }
    return FALSE;
}

/* Would one change alone open the way? */
static const MpMeasurement *single_obstacle(const MpResult *result, MpWay way)
{
    const MpMeasurement *broken = broken_measurement(find_path(result, way));
    const gboolean is_double = broken && way != MP_WAY_UDP && is_the_sites(result, broken) &&
                               relay_fails_by_itself(result);
    return is_double ? NULL : broken;
}

/* Every way was tried as far as it goes. */
static gboolean is_known_to_fail(const MpResult *result)
{
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        if (path->usable != MP_USABLE_NO && !broken_measurement(path))
            return FALSE;
    }
    return result->paths->len > 0;
}

static const MpWay *candidates(const MpResult *result, const MpPath *path)
{
    if (!path)
        return is_known_to_fail(result) ? above_nothing : above_direct;
    if (path->way == MP_WAY_UDP)
        return above_direct;
    return mp_way_is_stream(path->way) ? above_stream : above_relay;
}

static gboolean is_outside(const MpProfile *profile, const MpResult *result,
                           const MpMeasurement *broken)
{
    MpAddress address = {.family = MP_FAMILY_NONE};
    return mp_evidence_server(result, broken, &address) && address.family != MP_FAMILY_NONE &&
           !mp_profile_covers(profile, &address);
}

/* ICE went through these ports: what is kept then is kept by what it is, which no rule for
 * addresses and ports changes. */
static gboolean is_past_ice(const MpMeasurement *broken)
{
    return mp_stage_reach(mp_measurement_stage(broken, "ice")) == MP_REACH_ANSWERED;
}

static void set_rule(MpAdvice *advice, const MpProfile *profile, const MpResult *result,
                     const MpMeasurement *broken)
{
    const MpStep *step = mp_evidence_step(result, broken);
    const MpReach reach = mp_stage_reach(mp_measurement_broken_stage(broken));
    if (advice->owner != MP_OWNER_SITE_NETWORK || is_past_ice(broken) ||
        (reach != MP_REACH_LOST && reach != MP_REACH_REFUSED))
        return;
    advice->is_udp = mp_way_transport(advice->better) == MP_TRANSPORT_UDP;
    if (step && step->server && is_outside(profile, result, broken))
        g_ptr_array_add(advice->addresses, g_strdup(step->server->host));
    else
        mp_listed_add_ranges(profile, advice->addresses);
    if (advice->addresses->len > 0)
        advice->ports = step && step->server ? g_strdup_printf("%u", step->server->port)
                                             : mp_listed_media_ports(profile);
}

static void set_change(MpAdvice *advice, const MpProfile *profile, const MpResult *result,
                       const MpMeasurement *broken)
{
    JsonObject *stage = mp_measurement_broken_stage(broken);
    const MpFinding *finding = explaining_finding(result, broken);
    double code = 0;
    advice->has_change = TRUE;
    advice->stage = g_strdup(mp_facts_string(stage, "name"));
    mp_outcome_parse(&advice->outcome, mp_facts_string(stage, "outcome"));
    if (mp_facts_number(stage, "code", &code))
        advice->code = (guint)code;
    advice->finding = finding ? g_strdup(finding->id) : NULL;
    advice->owner = owner_of(finding, broken);
    set_rule(advice, profile, result, broken);
}

/* What stands between the socket and the first packet of media that the direct way does not need.
 */
static double relay_setup_ms(const MpPath *path)
{
    static const char *const others[] = {"resolve", "binding", "send", "data", "refresh", NULL};
    for (guint i = 0; i < path->measurements->len; i++) {
        const MpMeasurement *measurement = path->measurements->pdata[i];
        JsonArray *stages = mp_facts_array(measurement->facts, "stages");
        if (!g_str_equal(measurement->kind, "turn") || measurement->outcome != MP_OUTCOME_ANSWERED)
            continue;
        double sum = 0;
        for (guint j = 0; stages && j < json_array_get_length(stages); j++) {
            JsonObject *stage = mp_facts_object_at(stages, j);
            double took = 0;
            if (!g_strv_contains(others, mp_facts_string(stage, "name")) &&
                mp_facts_number(stage, "ms", &took))
                sum += took;
        }
        return sum;
    }
    return NAN;
}

static void set_rival(MpAdvice *advice, const MpPath *better)
{
    if (!better)
        return;
    advice->has_rival = TRUE;
    advice->rival = better->way;
    advice->rival_comparison = better->comparison;
}

void mp_analysis_advice(MpResult *result, const MpProfile *profile)
{
    const MpPath *path = mp_analysis_preferred_path(result);
    MpAdvice *advice = mp_advice_new();
    mp_advice_free(result->advice);
    result->advice = advice;
    if (path) {
        advice->has_way = TRUE;
        advice->way = path->way;
        advice->setup_cost_ms = relay_setup_ms(path);
        set_rival(advice, mp_analysis_better_path(result));
    }
    for (const MpWay *way = candidates(result, path); *way != MP_N_WAYS; way++) {
        const MpMeasurement *broken = single_obstacle(result, *way);
        if (!broken)
            continue;
        advice->better = *way;
        set_change(advice, profile, result, broken);
        return;
    }
}
