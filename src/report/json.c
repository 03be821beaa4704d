/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * result.json; its shape is scenarios/schema/result.schema.json.
 */
#include "report/json.h"

#include <math.h>
#include <mediapath/i18n.h>

#include "config.h"
#include "model/result.h"
#include "report/comparison.h"
#include "report/json_text.h"
#include "report/messages.h"
#include "report/rounds.h"

static void put_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
}

static void put_number(JsonObject *object, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(object, name, value);
}

/* Takes the member; an empty one says nothing and is left out. */
static void put_object(JsonObject *object, const char *name, JsonObject *member)
{
    if (json_object_get_size(member) > 0)
        json_object_set_object_member(object, name, member);
    else
        json_object_unref(member);
}

static JsonArray *text_array(const GPtrArray *texts)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < texts->len; i++)
        json_array_add_string_element(array, texts->pdata[i]);
    return array;
}

/* An array with one object for each item of a model's list. */
typedef JsonObject *(*ItemToJson)(gconstpointer item, const MpResult *result);

static void put_items(JsonObject *object, const char *name, const GPtrArray *items,
                      ItemToJson to_json, const MpResult *result)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < items->len; i++)
        json_array_add_object_element(array, to_json(items->pdata[i], result));
    json_object_set_array_member(object, name, array);
}

static JsonObject *tool_json(void)
{
    JsonObject *object = json_object_new();
    put_text(object, "version", MP_VERSION);
    return object;
}

static JsonObject *interface_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpInterface *interface = item;
    JsonObject *object = json_object_new();
    put_text(object, "name", interface->name);
    json_object_set_array_member(object, "addresses", text_array(interface->addresses));
    if (interface->mtu)
        json_object_set_int_member(object, "mtu", interface->mtu);
    return object;
}

static JsonObject *browser_json(const MpBrowser *browser)
{
    JsonObject *object = json_object_new();
    put_text(object, "name", browser->name);
    if (browser->version)
        json_object_set_int_member(object, "version", browser->version);
    put_text(object, "system", browser->system);
    if (browser->system_major) {
        g_autofree char *version = g_strdup_printf(browser->system_minor ? "%u.%u" : "%u",
                                                   browser->system_major, browser->system_minor);
        put_text(object, "system_version", version);
    }
    return object;
}

static JsonObject *environment_json(const MpResult *result)
{
    const MpEnvironment *environment = result->environment;
    JsonObject *object = json_object_new();
    put_items(object, "interfaces", environment->interfaces, interface_json, result);
    put_text(object, "os", environment->os);

    JsonObject *cpu = json_object_new();
    if (environment->cpu_cores)
        json_object_set_int_member(cpu, "cores", environment->cpu_cores);
    put_number(cpu, "headroom", environment->cpu_headroom);
    put_object(object, "cpu", cpu);

    JsonObject *memory = json_object_new();
    put_number(memory, "total_mb", environment->memory_total_mb);
    put_number(memory, "available_mb", environment->memory_available_mb);
    put_object(object, "memory", memory);

    JsonObject *timing = json_object_new();
    put_number(timing, "timer_late_p99_ms", environment->timer_late_p99_ms);
    put_object(object, "timing", timing);
    put_object(object, "browser", browser_json(&environment->browser));
    return object;
}

static JsonObject *step_json(gconstpointer item, const MpResult *result)
{
    const MpStep *step = item;
    const MpMeasurement *measurement = mp_result_measurement(result, step->id);
    g_autofree char *server = mp_step_target(step);
    MpTransport transport = step->server ? step->server->transport : MP_TRANSPORT_UDP;
    JsonObject *object = json_object_new();
    put_text(object, "id", step->id);
    put_text(object, "kind", step->kind);
    put_text(object, "target", server || !measurement ? server : measurement->target);
    put_text(object, "transport", mp_transport_name(transport));
    put_number(object, "deadline_ms", mp_time_to_ms(step->deadline));
    return object;
}

static JsonObject *measurement_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpMeasurement *measurement = item;
    JsonObject *object = json_object_new();
    put_text(object, "id", measurement->id);
    put_text(object, "kind", measurement->kind);
    put_text(object, "target", measurement->target);
    put_text(object, "transport", mp_transport_name(measurement->transport));
    put_text(object, "outcome", mp_outcome_name(measurement->outcome));
    put_number(object, "started_ms", measurement->started_ms);
    put_number(object, "duration_ms", measurement->duration_ms);
    json_object_set_object_member(object, "facts", json_object_ref(measurement->facts));
    return object;
}

static JsonObject *capacity_json(const MpDirection *direction)
{
    JsonObject *object = json_object_new();
    put_number(object, "low", direction->capacity_low_kbps);
    put_number(object, "value", direction->capacity_kbps);
    put_number(object, "high", direction->capacity_high_kbps);
    return object;
}

static JsonObject *direction_json(const MpDirection *direction)
{
    const struct {
        const char *name;
        double value;
    } members[] = {
        {"packets_sent", direction->packets_sent},
        {"packets_received", direction->packets_received},
        {"loss_percent", direction->loss_percent},
        {"unexplained_lost", direction->unexplained_lost},
        {"burst_length", direction->burst_length},
        {"pdv_p95_ms", direction->pdv_p95_ms},
        {"jitter_ms", direction->jitter_ms},
        {"reorder_percent", direction->reorder_percent},
        {"throughput_kbps", direction->throughput_kbps},
        {"offered_kbps", direction->offered_kbps},
        {"tester_error_ms", direction->tester_error_ms},
    };
    JsonObject *object = json_object_new();
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        put_number(object, members[i].name, members[i].value);
    put_object(object, "capacity_kbps", capacity_json(direction));
    return object;
}

static JsonObject *rtt_json(const MpPath *path)
{
    JsonObject *object = json_object_new();
    put_number(object, "min", path->rtt_min_ms);
    put_number(object, "p50", path->rtt_p50_ms);
    put_number(object, "p95", path->rtt_p95_ms);
    put_number(object, "p99", path->rtt_p99_ms);
    put_number(object, "max", path->rtt_max_ms);
    return object;
}

/* The stages of all the evidence: of the relay first, then of the media through it. */
static JsonArray *stages_json(const MpPath *path)
{
    JsonArray *stages = json_array_new();
    for (guint i = 0; i < path->measurements->len; i++) {
        const MpMeasurement *measurement = path->measurements->pdata[i];
        JsonArray *array = mp_facts_array(measurement->facts, "stages");
        for (guint j = 0; array && j < json_array_get_length(array); j++)
            json_array_add_element(stages, json_array_dup_element(array, j));
    }
    return stages;
}

static JsonObject *path_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpPath *path = item;
    JsonObject *object = json_object_new();
    put_text(object, "transport", mp_way_name(path->way));
    put_text(object, "server", path->server);
    if (path->usable != MP_USABLE_UNKNOWN)
        json_object_set_boolean_member(object, "usable", path->usable == MP_USABLE_YES);
    put_number(object, "setup_ms", path->setup_ms);
    put_object(object, "rtt_ms", rtt_json(path));
    if (path->rounds_ms->len > 0)
        put_object(object, "rounds", mp_rounds_json(path));
    if (path->comparison.n_rounds > 0)
        put_object(object, "compared", mp_comparison_json(&path->comparison));
    put_object(object, "up", direction_json(&path->up));
    put_object(object, "down", direction_json(&path->down));
    put_text(object, "tier", path->tier);
    put_number(object, "tier_kbps", path->tier_kbps);
    put_number(object, "tier_height", path->tier_height);
    json_object_set_array_member(object, "stages", stages_json(path));
    return object;
}

static JsonObject *sample_json(const MpRequirement *requirement)
{
    JsonObject *object = json_object_new();
    put_text(object, "measurement", requirement->sample);
    json_object_set_int_member(object, "ports", requirement->n_sampled);
    put_number(object, "blocked_bound_percent", requirement->blocked_bound * 100);
    return object;
}

static JsonObject *requirement_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpRequirement *requirement = item;
    JsonObject *object = json_object_new();
    put_text(object, "row", requirement->row);
    put_text(object, "target", requirement->target);
    put_text(object, "service", requirement->service);
    put_text(object, "protocol", requirement->protocol);
    put_text(object, "port", requirement->port);
    put_text(object, "state", mp_requirement_state_name(requirement->state));
    if (requirement->is_optional)
        json_object_set_boolean_member(object, "optional", TRUE);
    if (requirement->is_by_proxy)
        json_object_set_boolean_member(object, "by_proxy", TRUE);
    put_text(object, "measurement", requirement->measurement);
    if (requirement->sample)
        put_object(object, "sample", sample_json(requirement));
    return object;
}

static JsonObject *computer_row_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpComputerRow *row = item;
    JsonObject *object = json_object_new();
    put_text(object, "table", row->table);
    put_text(object, "item", row->item);
    put_text(object, "state", mp_requirement_state_name(row->state));
    put_number(object, "limit", row->limit);
    if (row->found_text)
        put_text(object, "found", row->found_text);
    else
        put_number(object, "found", row->found);
    return object;
}

static JsonObject *forecast_json(const MpForecast *forecast)
{
    JsonObject *object = json_object_new();
    put_text(object, "method", "thresholds");
    put_text(object, "verdict", mp_verdict_name(forecast->verdict));
    put_text(object, "transport", forecast->has_way ? mp_way_name(forecast->way) : NULL);
    put_text(object, "limiting_factor", forecast->limiting_factor);
    put_number(object, "limiting_value", forecast->limit_value);
    put_number(object, "margin", forecast->margin);
    if (forecast->missing->len)
        json_object_set_array_member(object, "missing", text_array(forecast->missing));
    return object;
}

/* What the way of a relay costs, beside the direct one. */
static JsonObject *losses_json(const MpAdvice *advice)
{
    JsonObject *object = json_object_new();
    put_number(object, "setup_ms", advice->setup_cost_ms);
    if (advice->has_way && mp_way_is_stream(advice->way)) {
        json_object_set_boolean_member(object, "loss_hidden", TRUE);
        put_text(object, "at_best", mp_verdict_name(MP_VERDICT_DEGRADED));
    }
    return object;
}

static JsonObject *change_json(const MpAdvice *advice)
{
    JsonObject *object = json_object_new();
    g_autofree char *rule = mp_advice_rule(advice);
    if (!advice->has_change)
        return object;
    put_text(object, "way", mp_way_name(advice->better));
    put_text(object, "stage", advice->stage);
    put_text(object, "outcome", mp_outcome_name(advice->outcome));
    if (advice->code)
        json_object_set_int_member(object, "code", advice->code);
    put_text(object, "finding", advice->finding);
    put_text(object, "owner", mp_owner_name(advice->owner));
    put_text(object, "rule", rule);
    return object;
}

static JsonObject *advice_json(const MpAdvice *advice)
{
    JsonObject *object = json_object_new();
    put_text(object, "way", advice->has_way ? mp_way_name(advice->way) : NULL);
    put_object(object, "loses", losses_json(advice));
    if (advice->has_rival) {
        JsonObject *rival = mp_comparison_json(&advice->rival_comparison);
        put_text(rival, "way", mp_way_name(advice->rival));
        put_object(object, "rival", rival);
    }
    put_object(object, "change", change_json(advice));
    return object;
}

static JsonObject *finding_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpFinding *finding = item;
    g_autofree char *cause = mp_message_cause(finding);
    g_autofree char *advice = mp_message_advice(finding);
    g_autofree char *proof = mp_message_proof(finding);
    JsonObject *object = json_object_new();
    put_text(object, "id", finding->id);
    put_text(object, "severity", mp_severity_name(finding->severity));
    if (finding->is_likely)
        json_object_set_boolean_member(object, "likely", TRUE);
    json_object_set_array_member(object, "evidence", text_array(finding->evidence));
    put_text(object, "hop", finding->hop);
    json_object_set_object_member(object, "numbers", json_object_ref(finding->numbers));
    put_text(object, "cause", cause);
    put_text(object, "advice", advice);
    put_text(object, "proof", proof);
    put_text(object, "owner", mp_owner_name(finding->owner));
    put_text(object, "other_owner", finding->has_other ? mp_owner_name(finding->other) : NULL);
    return object;
}

static JsonObject *ports_json(const MpPortMap *map)
{
    JsonObject *object = json_object_new();
    put_text(object, "proto", "udp");
    mp_port_map_write(map, object);
    return object;
}

JsonObject *mp_result_to_json(const MpResult *result)
{
    JsonObject *object = json_object_new();
    put_text(object, "schema", "mediapath-result/1");
    json_object_set_object_member(object, "tool", tool_json());
    put_text(object, "started", result->started);
    put_number(object, "duration_ms", result->duration_ms);
    put_text(object, "scenario", result->scenario);
    put_text(object, "profile", result->profile);
    put_text(object, "role", result->role);
    put_text(object, "lang", result->lang);
    if (result->is_interrupted)
        json_object_set_boolean_member(object, "interrupted", TRUE);
    json_object_set_object_member(object, "environment", environment_json(result));
    put_items(object, "plan", result->plan, step_json, result);
    put_items(object, "measurements", result->measurements, measurement_json, result);
    put_items(object, "paths", result->paths, path_json, result);
    if (result->ports)
        put_object(object, "ports", ports_json(result->ports));
    put_items(object, "requirements", result->requirements, requirement_json, result);
    put_items(object, "computer", result->computer, computer_row_json, result);

    JsonObject *forecasts = json_object_new();
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        json_object_set_object_member(forecasts, mp_session_type_name((MpSessionType)i),
                                      forecast_json(result->forecasts[i]));
    json_object_set_object_member(object, "forecast", forecasts);
    put_items(object, "findings", result->findings, finding_json, result);
    if (result->advice)
        put_object(object, "advice", advice_json(result->advice));
    put_text(object, "verdict", mp_verdict_name(result->verdict));
    return object;
}

char *mp_report_json(const MpResult *result)
{
    g_return_val_if_fail(result, NULL);

    mp_i18n_use(result->lang);
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(root, mp_result_to_json(result));
    return mp_json_text(root);
}
