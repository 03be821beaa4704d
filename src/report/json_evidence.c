/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The part of result.json that was measured.
 */
#include "report/json_evidence.h"

#include "model/json_number.h"
#include "report/json_put.h"

static const char *const families[] = {
    [MP_FAMILY_NONE] = NULL, [MP_FAMILY_IPV4] = "ipv4", [MP_FAMILY_IPV6] = "ipv6"};

static JsonObject *interface_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpInterface *interface = item;
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "name", interface->name);
    json_object_set_array_member(object, "addresses", mp_json_texts(interface->addresses));
    if (interface->mtu)
        json_object_set_int_member(object, "mtu", interface->mtu);
    return object;
}

static JsonObject *browser_json(const MpBrowser *browser)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "name", browser->name);
    if (browser->version)
        json_object_set_int_member(object, "version", browser->version);
    mp_json_put_text(object, "system", browser->system);
    if (browser->system_major) {
        g_autofree char *version = g_strdup_printf(browser->system_minor ? "%u.%u" : "%u",
                                                   browser->system_major, browser->system_minor);
        mp_json_put_text(object, "system_version", version);
    }
    return object;
}

JsonObject *mp_environment_json(const MpResult *result)
{
    const MpEnvironment *environment = result->environment;
    JsonObject *object = json_object_new();
    mp_json_put_items(object, "interfaces", environment->interfaces, interface_json, result);
    mp_json_put_text(object, "os", environment->os);

    JsonObject *cpu = json_object_new();
    if (environment->cpu_cores)
        json_object_set_int_member(cpu, "cores", environment->cpu_cores);
    mp_json_put_number(cpu, "headroom", environment->cpu_headroom);
    mp_json_put_object(object, "cpu", cpu);

    JsonObject *memory = json_object_new();
    mp_json_put_number(memory, "total_mb", environment->memory_total_mb);
    mp_json_put_number(memory, "available_mb", environment->memory_available_mb);
    mp_json_put_object(object, "memory", memory);

    JsonObject *timing = json_object_new();
    mp_json_put_number(timing, "timer_late_p99_ms", environment->timer_late_p99_ms);
    mp_json_put_object(object, "timing", timing);
    mp_json_put_object(object, "browser", browser_json(&environment->browser));
    return object;
}

JsonObject *mp_step_json(gconstpointer item, const MpResult *result)
{
    const MpStep *step = item;
    const MpMeasurement *measurement = mp_result_measurement(result, step->id);
    g_autofree char *server = mp_step_target(step);
    MpTransport transport = step->server ? step->server->transport : MP_TRANSPORT_UDP;
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "id", step->id);
    mp_json_put_text(object, "kind", step->kind);
    mp_json_put_text(object, "target", server || !measurement ? server : measurement->target);
    mp_json_put_text(object, "transport", mp_transport_name(transport));
    mp_json_put_text(object, "way", mp_step_has_way(step) ? mp_way_name(step->way) : NULL);
    mp_json_put_text(object, "family", families[step->family]);
    mp_json_put_text(object, "codec", step->codec);
    mp_json_put_number(object, "deadline_ms", mp_time_to_ms(step->deadline));
    return object;
}

JsonObject *mp_measurement_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpMeasurement *measurement = item;
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "id", measurement->id);
    mp_json_put_text(object, "kind", measurement->kind);
    mp_json_put_text(object, "target", measurement->target);
    mp_json_put_text(object, "transport", mp_transport_name(measurement->transport));
    mp_json_put_text(object, "outcome", mp_outcome_name(measurement->outcome));
    mp_json_put_number(object, "started_ms", measurement->started_ms);
    mp_json_put_number(object, "duration_ms", measurement->duration_ms);
    json_object_set_object_member(object, "facts", json_object_ref(measurement->facts));
    return object;
}

static void settle(double *number)
{
    *number = mp_json_rounded(*number);
}

void mp_result_settle(MpResult *result)
{
    MpEnvironment *environment = result->environment;
    settle(&result->duration_ms);
    settle(&environment->cpu_headroom);
    settle(&environment->memory_total_mb);
    settle(&environment->memory_available_mb);
    settle(&environment->timer_late_p99_ms);
    for (guint i = 0; i < result->measurements->len; i++) {
        MpMeasurement *measurement = result->measurements->pdata[i];
        settle(&measurement->started_ms);
        settle(&measurement->duration_ms);
        mp_json_round(measurement->facts);
    }
}
