/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * result.json; its shape is scenarios/schema/result.schema.json.
 */
#include "report/json.h"

#include <mediapath/i18n.h>

#include "config.h"
#include "model/result.h"
#include "report/comparison.h"
#include "report/json_evidence.h"
#include "report/json_forecast.h"
#include "report/json_put.h"
#include "report/json_text.h"
#include "report/messages.h"
#include "report/rounds.h"

/* Who measured, and who judged again. */
static JsonObject *tool_json(const MpResult *result)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "version", result->version ? result->version : MP_VERSION);
    if (result->version && !g_str_equal(result->version, MP_VERSION))
        mp_json_put_text(object, "judged_by", MP_VERSION);
    return object;
}

static JsonObject *capacity_json(const MpDirection *direction)
{
    JsonObject *object = json_object_new();
    mp_json_put_number(object, "low", direction->capacity_low_kbps);
    mp_json_put_number(object, "value", direction->capacity_kbps);
    mp_json_put_number(object, "high", direction->capacity_high_kbps);
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
        mp_json_put_number(object, members[i].name, members[i].value);
    mp_json_put_object(object, "capacity_kbps", capacity_json(direction));
    return object;
}

static JsonObject *rtt_json(const MpPath *path)
{
    JsonObject *object = json_object_new();
    mp_json_put_number(object, "min", path->rtt_min_ms);
    mp_json_put_number(object, "p50", path->rtt_p50_ms);
    mp_json_put_number(object, "p95", path->rtt_p95_ms);
    mp_json_put_number(object, "p99", path->rtt_p99_ms);
    mp_json_put_number(object, "max", path->rtt_max_ms);
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
    mp_json_put_text(object, "transport", mp_way_name(path->way));
    mp_json_put_text(object, "server", path->server);
    if (path->usable != MP_USABLE_UNKNOWN)
        json_object_set_boolean_member(object, "usable", path->usable == MP_USABLE_YES);
    mp_json_put_number(object, "setup_ms", path->setup_ms);
    mp_json_put_object(object, "forecast", mp_json_forecasts(path->forecasts));
    mp_json_put_object(object, "rtt_ms", rtt_json(path));
    if (path->rounds_ms->len > 0)
        mp_json_put_object(object, "rounds", mp_rounds_json(path));
    if (path->comparison.n_rounds > 0)
        mp_json_put_object(object, "compared", mp_comparison_json(&path->comparison));
    mp_json_put_object(object, "up", direction_json(&path->up));
    mp_json_put_object(object, "down", direction_json(&path->down));
    mp_json_put_text(object, "tier", path->tier);
    mp_json_put_number(object, "tier_kbps", path->tier_kbps);
    mp_json_put_number(object, "tier_height", path->tier_height);
    if (path->model)
        mp_json_put_object(object, "model", mp_path_model_to_json(path->model));
    json_object_set_array_member(object, "stages", stages_json(path));
    return object;
}

static JsonObject *sample_json(const MpRequirement *requirement)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "measurement", requirement->sample);
    json_object_set_int_member(object, "ports", requirement->n_sampled);
    mp_json_put_number(object, "blocked_bound_percent", requirement->blocked_bound * 100);
    return object;
}

static JsonObject *requirement_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpRequirement *requirement = item;
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "row", requirement->row);
    mp_json_put_text(object, "target", requirement->target);
    mp_json_put_text(object, "service", requirement->service);
    mp_json_put_text(object, "protocol", requirement->protocol);
    mp_json_put_text(object, "port", requirement->port);
    mp_json_put_text(object, "state", mp_requirement_state_name(requirement->state));
    if (requirement->is_optional)
        json_object_set_boolean_member(object, "optional", TRUE);
    if (requirement->is_by_proxy)
        json_object_set_boolean_member(object, "by_proxy", TRUE);
    mp_json_put_text(object, "measurement", requirement->measurement);
    if (requirement->sample)
        mp_json_put_object(object, "sample", sample_json(requirement));
    return object;
}

static JsonObject *computer_row_json(gconstpointer item, const MpResult *unused)
{
    (void)unused;
    const MpComputerRow *row = item;
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "table", row->table);
    mp_json_put_text(object, "item", row->item);
    mp_json_put_text(object, "state", mp_requirement_state_name(row->state));
    mp_json_put_number(object, "limit", row->limit);
    if (row->found_text)
        mp_json_put_text(object, "found", row->found_text);
    else
        mp_json_put_number(object, "found", row->found);
    return object;
}

/* What the way of a relay costs, beside the direct one. */
static JsonObject *losses_json(const MpAdvice *advice)
{
    JsonObject *object = json_object_new();
    mp_json_put_number(object, "setup_ms", advice->setup_cost_ms);
    if (advice->has_way && mp_way_is_stream(advice->way)) {
        json_object_set_boolean_member(object, "loss_hidden", TRUE);
        mp_json_put_text(object, "at_best", mp_verdict_name(MP_VERDICT_DEGRADED));
    }
    return object;
}

static JsonObject *change_json(const MpAdvice *advice)
{
    JsonObject *object = json_object_new();
    g_autofree char *rule = mp_advice_rule(advice);
    if (!advice->has_change)
        return object;
    mp_json_put_text(object, "way", mp_way_name(advice->better));
    mp_json_put_text(object, "stage", advice->stage);
    mp_json_put_text(object, "outcome", mp_outcome_name(advice->outcome));
    if (advice->code)
        json_object_set_int_member(object, "code", advice->code);
    mp_json_put_text(object, "finding", advice->finding);
    mp_json_put_text(object, "owner", mp_owner_name(advice->owner));
    mp_json_put_text(object, "rule", rule);
    return object;
}

static JsonObject *advice_json(const MpAdvice *advice)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "way", advice->has_way ? mp_way_name(advice->way) : NULL);
    mp_json_put_object(object, "loses", losses_json(advice));
    if (advice->has_rival) {
        JsonObject *rival = mp_comparison_json(&advice->rival_comparison);
        mp_json_put_text(rival, "way", mp_way_name(advice->rival));
        mp_json_put_object(object, "rival", rival);
    }
    mp_json_put_object(object, "change", change_json(advice));
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
    mp_json_put_text(object, "id", finding->id);
    mp_json_put_text(object, "severity", mp_severity_name(finding->severity));
    if (finding->is_likely)
        json_object_set_boolean_member(object, "likely", TRUE);
    json_object_set_array_member(object, "evidence", mp_json_texts(finding->evidence));
    mp_json_put_text(object, "hop", finding->hop);
    json_object_set_object_member(object, "numbers", json_object_ref(finding->numbers));
    mp_json_put_text(object, "cause", cause);
    mp_json_put_text(object, "advice", advice);
    mp_json_put_text(object, "proof", proof);
    mp_json_put_text(object, "owner", mp_owner_name(finding->owner));
    mp_json_put_text(object, "other_owner",
                     finding->has_other ? mp_owner_name(finding->other) : NULL);
    return object;
}

static JsonObject *ports_json(const MpPortMap *map)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "proto", "udp");
    mp_port_map_write(map, object);
    return object;
}

JsonObject *mp_result_to_json(const MpResult *result)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "schema", "mediapath-result/1");
    json_object_set_object_member(object, "tool", tool_json(result));
    mp_json_put_text(object, "started", result->started);
    mp_json_put_number(object, "duration_ms", result->duration_ms);
    mp_json_put_text(object, "scenario", result->scenario);
    if (result->is_emulated)
        json_object_set_boolean_member(object, "emulated", TRUE);
    mp_json_put_text(object, "profile", result->profile);
    mp_json_put_text(object, "role", result->role);
    mp_json_put_text(object, "lang", result->lang);
    if (result->is_interrupted)
        json_object_set_boolean_member(object, "interrupted", TRUE);
    json_object_set_object_member(object, "environment", mp_environment_json(result));
    mp_json_put_items(object, "plan", result->plan, mp_step_json, result);
    mp_json_put_items(object, "measurements", result->measurements, mp_measurement_json, result);
    mp_json_put_items(object, "paths", result->paths, path_json, result);
    if (result->ports)
        mp_json_put_object(object, "ports", ports_json(result->ports));
    mp_json_put_items(object, "requirements", result->requirements, requirement_json, result);
    mp_json_put_items(object, "computer", result->computer, computer_row_json, result);

    mp_json_put_object(object, "forecast", mp_json_forecasts(result->forecasts));
    mp_json_put_items(object, "findings", result->findings, finding_json, result);
    if (result->advice)
        mp_json_put_object(object, "advice", advice_json(result->advice));
    mp_json_put_text(object, "verdict", mp_verdict_name(result->verdict));
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
