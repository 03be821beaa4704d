/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * matrix.json; its shape is scenarios/schema/matrix-summary.schema.json.
 */
#include "matrix/cell_difference.h"
#include "matrix/summary.h"

static void put_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
}

/* JSON in a text becomes a member; NULL is left out. */
static void put_json(JsonObject *object, const char *name, const char *text)
{
    JsonNode *node = text ? json_from_string(text, NULL) : NULL;
    if (node)
        json_object_set_member(object, name, node);
}

static JsonObject *counts_json(const MpSummaryCounts *counts)
{
    const struct {
        const char *name;
        guint count;
    } rows[] = {
        {"cells", counts->cells},
        {"done", counts->done},
        {"failed", counts->failed},
        {"pending", counts->pending},
        {"as_expected", counts->as_expected},
        {"different", counts->different},
        {"recorded", counts->recorded},
        {"spoiled", counts->spoiled},
    };
    JsonObject *object = json_object_new();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        json_object_set_int_member(object, rows[i].name, rows[i].count);
    return object;
}

static JsonObject *axes_json(const MpMatrixSummary *summary)
{
    JsonObject *object = json_object_new();
    for (guint i = 0; i < MP_N_AXES; i++) {
        if (summary->values[i]->len == 0)
            continue;
        JsonArray *array = json_array_new();
        for (guint j = 0; j < summary->values[i]->len; j++)
            json_array_add_string_element(array, summary->values[i]->pdata[j]);
        json_object_set_array_member(object, mp_axis_name((MpAxis)i), array);
    }
    return object;
}

/* What is said of a cell that has come to an end. */
static void put_outcome(JsonObject *object, const MpCellRecord *record)
{
    put_text(object, "finished", record->finished);
    json_object_set_double_member(object, "duration_ms", record->duration_ms);
    if (record->exit >= 0)
        json_object_set_int_member(object, "exit", record->exit);
    put_text(object, "verdict", record->verdict);
    put_json(object, "findings", record->findings);
    if (record->answer != MP_ANSWER_RECORDED)
        json_object_set_boolean_member(object, "as_expected", record->answer == MP_ANSWER_EXPECTED);
    if (record->is_spoiled)
        json_object_set_boolean_member(object, "spoiled", TRUE);
    g_autofree char *trouble = mp_cell_trouble(record);
    put_text(object, record->state == MP_CELL_FAILED ? "error" : "difference", trouble);
    if (record->state == MP_CELL_DONE) {
        g_autofree char *path = g_strdup_printf("cells/%s/result.json", record->id);
        put_text(object, "result", path);
    }
}

static JsonObject *cell_json(const MpCellRecord *record)
{
    MpCellState state = record->state == MP_CELL_RUNNING ? MP_CELL_PENDING : record->state;
    JsonObject *object = json_object_new();
    put_text(object, "id", record->id);
    put_json(object, "parameters", record->parameters);
    put_text(object, "state", mp_cell_state_name(state));
    json_object_set_int_member(object, "attempts", record->attempts);
    put_json(object, "expected", record->expected);
    put_text(object, "started", record->started);
    if (state != MP_CELL_PENDING)
        put_outcome(object, record);
    return object;
}

char *mp_matrix_summary_json(const MpMatrixSummary *summary)
{
    JsonObject *root = json_object_new();
    JsonObject *tool = json_object_new();
    JsonObject *shard = json_object_new();
    JsonArray *cells = json_array_new();
    put_text(tool, "version", summary->version);
    json_object_set_int_member(shard, "index", summary->shard);
    json_object_set_int_member(shard, "count", summary->n_shards);
    for (guint i = 0; i < summary->cells->len; i++)
        json_array_add_object_element(
            cells, cell_json(((const MpSummaryCell *)summary->cells->pdata[i])->record));
    put_text(root, "schema", "mediapath-matrix-summary/1");
    put_text(root, "name", summary->name);
    json_object_set_object_member(root, "tool", tool);
    json_object_set_object_member(root, "shard", shard);
    json_object_set_object_member(root, "counts", counts_json(&summary->counts));
    json_object_set_object_member(root, "axes", axes_json(summary));
    json_object_set_array_member(root, "cells", cells);

    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, root);
    g_autofree char *text = json_to_string(node, TRUE);
    return g_strconcat(text, "\n", NULL);
}
