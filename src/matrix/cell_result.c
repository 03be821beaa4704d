/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * result.json as far as a matrix needs it.
 */
#include "matrix/cell_result.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "model/measurement.h"

void mp_cell_result_free(MpCellResult *result)
{
    if (!result)
        return;
    g_free(result->verdict);
    g_ptr_array_unref(result->findings);
    g_free(result);
}

static JsonObject *array_object(JsonArray *array, guint index)
{
    JsonNode *node = json_array_get_element(array, index);
    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* A healthy network has infos too. */
static void read_findings(JsonObject *root, GPtrArray *findings)
{
    JsonArray *array = mp_facts_array(root, "findings");
    for (guint i = 0; array && i < json_array_get_length(array); i++) {
        JsonObject *finding = array_object(array, i);
        const char *id = mp_facts_string(finding, "id");
        if (id && g_strcmp0(mp_facts_string(finding, "severity"), "info") != 0)
            g_ptr_array_add(findings, g_strdup(id));
    }
}

static gboolean is_limited_by_host(JsonObject *forecasts)
{
    g_autoptr(GList) names = forecasts ? json_object_get_members(forecasts) : NULL;
    for (GList *name = names; name; name = name->next) {
        JsonObject *forecast = mp_facts_object(forecasts, name->data);
        const char *verdict = mp_facts_string(forecast, "verdict");
        if (g_strcmp0(mp_facts_string(forecast, "limiting_factor"), "cpu_headroom") == 0 &&
            g_strcmp0(verdict, "stable") != 0 && g_strcmp0(verdict, "unknown") != 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_finding(const GPtrArray *findings, const char *id)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)findings, id, g_str_equal, NULL);
}

MpCellResult *mp_cell_result_parse(const char *text, const char *session, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) reason = NULL;
    JsonNode *node = json_parser_load_from_data(parser, text, -1, &reason)
                         ? json_parser_get_root(parser)
                         : NULL;
    JsonObject *root = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    JsonObject *forecasts = mp_facts_object(root, "forecast");
    const char *verdict = mp_facts_string(session ? mp_facts_object(forecasts, session) : root,
                                          "verdict");
    if (!verdict) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "the check wrote no result: %s",
                    reason ? reason->message : "no verdict");
        return NULL;
    }
    MpCellResult *result = g_new0(MpCellResult, 1);
    result->verdict = g_strdup(verdict);
    result->findings = g_ptr_array_new_with_free_func(g_free);
    read_findings(root, result->findings);
    result->is_spoiled = has_finding(result->findings, "host-limited") ||
                         is_limited_by_host(forecasts);
    return result;
}

gboolean mp_cell_truth_is_spoiled(const char *truth)
{
    g_autofree char *text = g_strchomp(g_strdup(truth));
    const char *last = strrchr(text, '\n');
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_data(parser, last ? last + 1 : text, -1, NULL))
        return TRUE;
    JsonNode *root = json_parser_get_root(parser);
    JsonNode *spoiled = root && JSON_NODE_HOLDS_OBJECT(root)
                            ? json_object_get_member(json_node_get_object(root), "spoiled")
                            : NULL;
    return !spoiled || !JSON_NODE_HOLDS_VALUE(spoiled) || json_node_get_boolean(spoiled);
}

static char *node_to_text(JsonNode *node)
{
    char *text = json_to_string(node, FALSE);
    json_node_unref(node);
    return text;
}

char *mp_cell_expectation_to_json(const MpMatrixExpectation *expectation)
{
    if (!expectation)
        return NULL;
    JsonObject *object = json_object_new();
    if (expectation->findings) {
        JsonArray *array = json_array_new();
        for (char **id = expectation->findings; *id; id++)
            json_array_add_string_element(array, *id);
        json_object_set_array_member(object, "findings", array);
    }
    if (expectation->has_verdict)
        json_object_set_string_member(object, "verdict", mp_verdict_name(expectation->verdict));
    if (expectation->exit >= 0)
        json_object_set_int_member(object, "exit", expectation->exit);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return node_to_text(node);
}

char *mp_cell_findings_to_json(const GPtrArray *findings)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < findings->len; i++)
        json_array_add_string_element(array, findings->pdata[i]);
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, array);
    return node_to_text(node);
}

GPtrArray *mp_cell_findings_from_json(const char *text)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!text || !json_parser_load_from_data(parser, text, -1, NULL))
        return findings;
    JsonArray *array = json_node_get_array(json_parser_get_root(parser));
    for (guint i = 0; i < json_array_get_length(array); i++)
        g_ptr_array_add(findings, g_strdup(json_array_get_string_element(array, i)));
    return findings;
}
