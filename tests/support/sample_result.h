/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A result made by hand, with every member that a report can show: the direct way is blocked, the
 * relay over UDP works, the one over TCP was not run.
 */
#pragma once

#include <math.h>

#include "model/result.h"

static inline MpStep *sample_step(const char *kind, const char *id, MpWay way, const char *uri)
{
    MpStep *step = mp_step_new(kind, id);
    step->way = way;
    step->server = uri ? mp_server_uri_parse(uri, NULL) : NULL;
    step->deadline = MP_SEC(5);
    return step;
}

static inline MpMeasurement *sample_measurement(const MpStep *step, double started, double took)
{
    g_autofree char *target = step->server ? mp_server_uri_to_string(step->server)
                                           : g_strdup("https://192.0.2.9/whip");
    MpMeasurement *measurement = mp_measurement_new(
        step->id, step->kind, target, step->server ? step->server->transport : MP_TRANSPORT_UDP);
    measurement->started_ms = started;
    measurement->duration_ms = took;
    return measurement;
}

static inline void sample_steps(MpResult *result)
{
    MpStep *stun = sample_step("stun", "stun:192.0.2.5:3478", MP_WAY_UDP, "stun:192.0.2.5:3478");
    MpStep *turn = sample_step("turn", "turn-udp:168.100.64.9:3478", MP_WAY_TURN_UDP,
                               "turn:168.100.64.9:3478?transport=udp");
    MpStep *direct = sample_step("media", "media-udp", MP_WAY_UDP, NULL);
    MpStep *relayed = sample_step("media", "media-turn-udp", MP_WAY_TURN_UDP,
                                  "turn:168.100.64.9:3478?transport=udp");
    MpStep *unrun = sample_step("media", "media-turn-tcp", MP_WAY_TURN_TCP,
                                "turn:168.100.64.9:3478?transport=tcp");
    MpStep *steps[] = {stun, turn, direct, relayed, unrun};
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_ptr_array_add(result->plan, steps[i]);
        g_ptr_array_add(result->measurements,
                        sample_measurement(steps[i], 0.125 + 1000.0 * (double)i, 12.3));
    }

    MpMeasurement **measurements = (MpMeasurement **)result->measurements->pdata;
    mp_measurement_add_stage(measurements[0], "binding", MP_OUTCOME_ANSWERED, MP_MSEC(12), 0, NULL);
    json_object_set_string_member(measurements[0]->facts, "mapped_address", "203.0.113.7:40001");
    mp_measurement_add_stage(measurements[1], "allocate", MP_OUTCOME_ANSWERED, MP_MSEC(25), 0,
                             NULL);
    json_object_set_string_member(measurements[1]->facts, "relayed_address", "168.100.64.9:50123");
    json_object_set_double_member(measurements[1]->facts, "data_rtt_ms", 24.1);
    json_object_set_double_member(measurements[1]->facts, "never_measured_ms", NAN);
    mp_measurement_add_stage(measurements[2], "whip", MP_OUTCOME_ANSWERED, MP_MSEC(30), 201,
                             "Created");
    mp_measurement_add_stage(measurements[2], "ice", MP_OUTCOME_SILENT, MP_MSEC(4000), 0, NULL);
    mp_measurement_add_stage(measurements[3], "ice", MP_OUTCOME_ANSWERED, MP_MSEC(100), 0, NULL);
    json_object_set_string_member(measurements[3]->facts, "tier", "720p");
    measurements[4]->outcome = MP_OUTCOME_NOT_RUN;
    json_object_set_string_member(measurements[4]->facts, "reason",
                                  "requires turn-tcp:168.100.64.9:3478");
}

static inline void sample_paths(MpResult *result)
{
    MpPath *direct = mp_path_new(MP_WAY_UDP);
    direct->usable = MP_USABLE_NO;
    g_ptr_array_add(direct->measurements, result->measurements->pdata[2]);

    MpPath *relayed = mp_path_new(MP_WAY_TURN_UDP);
    relayed->server = g_strdup("turn:168.100.64.9:3478?transport=udp");
    relayed->usable = MP_USABLE_YES;
    relayed->setup_ms = 312.5;
    relayed->rtt_min_ms = 44.2;
    relayed->rtt_p50_ms = 45.1;
    relayed->rtt_p95_ms = 47;
    relayed->rtt_p99_ms = 48.25;
    relayed->rtt_max_ms = 51;
    relayed->up = (MpDirection){1200, 1200,   0,    0,   0,   1.2, 0.4,
                                0,    2550.5, 2551, NAN, NAN, NAN, 0.04};
    relayed->down = (MpDirection){1200, 1188, 1,    12,   1.5,  2.6,  0.9,
                                  NAN,  2525, 2551, 4950, 4900, 5000, 0.05};
    relayed->tier = g_strdup("720p");
    relayed->tier_kbps = 2500;
    relayed->tier_height = 720;
    g_ptr_array_add(relayed->measurements, result->measurements->pdata[1]);
    g_ptr_array_add(relayed->measurements, result->measurements->pdata[3]);

    MpPath *unknown = mp_path_new(MP_WAY_TURN_TCP);
    g_ptr_array_add(unknown->measurements, result->measurements->pdata[4]);
    g_ptr_array_add(result->paths, direct);
    g_ptr_array_add(result->paths, relayed);
    g_ptr_array_add(result->paths, unknown);
}

static inline void sample_requirement(MpResult *result, const char *row, const char *service,
                                      const char *port, MpRequirementState state)
{
    MpRequirement *requirement = g_new0(MpRequirement, 1);
    requirement->row = g_strdup(row);
    requirement->target = g_strdup("168.100.64.0/18");
    requirement->service = g_strdup(service);
    requirement->protocol = g_strdup("udp");
    requirement->port = g_strdup(port);
    requirement->state = state;
    if (state == MP_REQUIREMENT_MET)
        requirement->measurement = g_strdup("turn-udp:168.100.64.9:3478");
    g_ptr_array_add(result->requirements, requirement);
}

static inline void sample_forecasts(MpResult *result)
{
    MpForecast *video = result->forecasts[MP_SESSION_LIVE_VIDEO];
    video->verdict = MP_VERDICT_DEGRADED;
    video->has_way = TRUE;
    video->way = MP_WAY_TURN_UDP;
    video->limiting_factor = g_strdup("loss_percent");
    video->limit_value = 1;
    video->margin = -1;

    MpForecast *screen = result->forecasts[MP_SESSION_SCREEN_SHARE];
    screen->verdict = MP_VERDICT_STABLE;
    screen->has_way = TRUE;
    screen->way = MP_WAY_TURN_UDP;
    screen->limiting_factor = g_strdup("rtt_p95_ms");
    screen->limit_value = 47;
    screen->margin = 0.843;

    MpForecast *background = result->forecasts[MP_SESSION_VIRTUAL_BACKGROUND];
    background->has_way = TRUE;
    background->way = MP_WAY_TURN_UDP;
    g_ptr_array_add(background->missing, g_strdup("cpu_headroom"));
}

static inline void sample_findings(MpResult *result)
{
    MpFinding *blocked = mp_finding_new("udp-media-ports-blocked", MP_SEVERITY_ERROR,
                                        MP_OWNER_SITE_NETWORK);
    g_ptr_array_add(blocked->evidence, g_strdup("media-udp"));
    json_object_set_string_member(blocked->numbers, "ports", "40000");
    blocked->hop = g_strdup("192.0.2.1");
    g_ptr_array_add(result->findings, blocked);

    MpFinding *loss = mp_finding_new("media-loss", MP_SEVERITY_WARNING, MP_OWNER_SITE_NETWORK);
    loss->is_likely = TRUE;
    g_ptr_array_add(loss->evidence, g_strdup("media-turn-udp"));
    json_object_set_double_member(loss->numbers, "loss_percent", 1);
    json_object_set_double_member(loss->numbers, "burst_length", 1.5);
    json_object_set_string_member(loss->numbers, "direction", "down");
    json_object_set_string_member(loss->numbers, "session", "live_video");
    json_object_set_double_member(loss->numbers, "limit", 0.5);
    g_ptr_array_add(result->findings, loss);
}

static inline MpResult *sample_result(void)
{
    MpResult *result = mp_result_new();
    result->started = g_strdup("2025-04-01T09:30:00Z");
    result->duration_ms = 12345.678;
    result->scenario = g_strdup("lab clean");
    result->profile = g_strdup("bellface");
    result->role = g_strdup("host");
    result->lang = g_strdup("en");

    MpInterface *interface = g_new0(MpInterface, 1);
    interface->name = g_strdup("eth0");
    interface->addresses = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(interface->addresses, g_strdup("10.0.0.2"));
    interface->mtu = 1500;
    g_ptr_array_add(result->environment->interfaces, interface);
    result->environment->os = g_strdup("Debian GNU/Linux 12 (bookworm), Linux 6.1.0");
    result->environment->cpu_cores = 2;
    result->environment->cpu_headroom = 0.715;
    result->environment->memory_total_mb = 7931.5;
    result->environment->timer_late_p99_ms = 0.12;

    sample_steps(result);
    sample_paths(result);
    sample_requirement(result, "3-1", "TURN", "3478", MP_REQUIREMENT_MET);
    sample_requirement(result, "3-1", "MEDIA", "1025-65535", MP_REQUIREMENT_FAILED);
    sample_requirement(result, "1-7", "HTTPS", "443", MP_REQUIREMENT_UNKNOWN);
    sample_requirement(result, "2-1", "HTTPS", "443", MP_REQUIREMENT_NOT_APPLICABLE);
    sample_forecasts(result);
    sample_findings(result);
    result->verdict = MP_VERDICT_DEGRADED;
    return result;
}
