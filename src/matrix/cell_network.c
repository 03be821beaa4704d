/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Merges a cell's link into its network, at the level of the description.
 */
#include "matrix/cell_network.h"

#include <math.h>

#include "base/error.h"
#include "input/builtin_yaml.h"
#include "input/link_reader.h"
#include "input/schema.h"
#include "input/yaml_json.h"
#include "lab/network.h"

void mp_cell_network_free(MpCellNetwork *network)
{
    if (!network)
        return;
    g_free(network->text);
    mp_matrix_expectation_free(network->expectation);
    g_free(network);
}

/* A copy of the member, or an empty object. */
static JsonObject *copy_member(JsonObject *object, const char *name)
{
    JsonNode *member = object ? json_object_get_member(object, name) : NULL;
    if (!member || !JSON_NODE_HOLDS_OBJECT(member))
        return json_object_new();
    g_autoptr(JsonNode) copy = json_node_copy(member);
    JsonObject *result = json_object_new();
    g_autoptr(GList) names = json_object_get_members(json_node_get_object(copy));
    for (GList *item = names; item; item = item->next)
        json_object_set_member(
            result, item->data,
            json_node_copy(json_object_get_member(json_node_get_object(copy), item->data)));
    return result;
}

/* The members of `own` over those of `shared`. */
static JsonObject *join(JsonObject *link, const char *direction)
{
    JsonObject *joined = copy_member(link, "both");
    g_autoptr(JsonObject) own = copy_member(link, direction);
    g_autoptr(GList) names = json_object_get_members(own);
    for (GList *item = names; item; item = item->next)
        json_object_set_member(joined, item->data,
                               json_node_copy(json_object_get_member(own, item->data)));
    return joined;
}

static void remove_members(JsonObject *object, const char *const *names)
{
    for (; *names; names++)
        if (json_object_has_member(object, *names))
            json_object_remove_member(object, *names);
}

/* Bursts stay bursts; the exact states of a chain do not go with another ratio. */
static void set_loss(JsonObject *direction, double percent)
{
    static const char *const states[] = {"good_to_bad_percent", "bad_to_good_percent",
                                         "in_good_percent", "in_bad_percent", NULL};
    JsonObject *loss = copy_member(direction, "loss");
    remove_members(loss, states);
    json_object_set_double_member(loss, "percent", percent);
    json_object_set_object_member(direction, "loss", loss);
}

static void set_delay(JsonObject *direction, double ms)
{
    json_object_set_double_member(direction, "delay_ms", ms);
}

static void set_jitter(JsonObject *direction, double ms)
{
    JsonObject *jitter = copy_member(direction, "jitter");
    json_object_set_double_member(jitter, "ms", ms);
    json_object_set_object_member(direction, "jitter", jitter);
}

/* A trace stands in the place of a rate. */
static void set_rate(JsonObject *direction, double kbps)
{
    static const char *const others[] = {"rate_kbps", "trace", NULL};
    remove_members(direction, others);
    if (kbps > 0)
        json_object_set_double_member(direction, "rate_kbps", kbps);
}

static void set_queue(JsonObject *direction, double ms)
{
    static const char *const others[] = {"packets", NULL};
    JsonObject *queue = copy_member(direction, "queue");
    remove_members(queue, others);
    json_object_set_double_member(queue, "ms", ms);
    json_object_set_object_member(direction, "queue", queue);
}

static void (*const setters[MP_N_AXES])(JsonObject *direction, double value) = {
    [MP_AXIS_LOSS] = set_loss, [MP_AXIS_DELAY] = set_delay, [MP_AXIS_JITTER] = set_jitter,
    [MP_AXIS_RATE] = set_rate, [MP_AXIS_QUEUE] = set_queue,
};

static gboolean says_link(const MpMatrixPoint *point)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        if (point->values[i] && mp_axis_is_link((MpAxis)i))
            return TRUE;
    return FALSE;
}

static void lay_values(JsonObject *up, JsonObject *down, const MpMatrixPoint *point)
{
    for (guint i = 0; i < MP_N_AXES; i++) {
        const MpAxisValue *value = point->values[i];
        if (!value || !setters[i])
            continue;
        if (!isnan(value->up))
            setters[i](up, value->up);
        if (!isnan(value->down))
            setters[i](down, value->down);
    }
}

void mp_cell_network_lay_link(JsonObject *network, const MpMatrixPoint *point)
{
    if (!says_link(point))
        return;
    JsonObject *link = copy_member(network, "link");
    JsonObject *up = join(link, "up");
    JsonObject *down = join(link, "down");
    lay_values(up, down, point);
    if (json_object_has_member(link, "both"))
        json_object_remove_member(link, "both");
    json_object_set_object_member(link, "up", up);
    json_object_set_object_member(link, "down", down);
    json_object_set_object_member(network, "link", link);
}

/* The folder of a cell is another one than the network's. */
static void make_trace_absolute(JsonObject *link, const char *direction, const char *folder)
{
    JsonObject *object = json_object_has_member(link, direction)
                             ? json_object_get_object_member(link, direction)
                             : NULL;
    if (!object || !json_object_has_member(object, "trace"))
        return;
    g_autofree char *path = g_canonicalize_filename(json_object_get_string_member(object, "trace"),
                                                    folder);
    json_object_set_string_member(object, "trace", path);
}

static void make_traces_absolute(JsonObject *network, const char *path)
{
    static const char *const directions[] = {"both", "up", "down"};
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autofree char *folder = g_path_get_dirname(absolute);
    for (guint i = 0; i < G_N_ELEMENTS(directions) && json_object_has_member(network, "link"); i++)
        make_trace_absolute(json_object_get_object_member(network, "link"), directions[i], folder);
}

static const char *source_of(const MpAxisValue *network)
{
    return network->path ? network->path : network->text;
}

/* Each part was right by itself; a rate and a queue, say, need each other. */
static gboolean check_merged(const char *text, const MpMatrixPoint *point, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(MpYaml) yaml = mp_yaml_parse("merged", text, strlen(text), &wrong);
    gboolean has_form = yaml && mp_schema_check(yaml, "network.schema.json", &wrong);
    MpYamlNode *node = has_form ? mp_yaml_get(mp_yaml_root(yaml), "link") : NULL;
    g_autoptr(MpLink) link = node ? mp_link_read(yaml, node, &wrong) : NULL;
    if (link || (has_form && !node))
        return TRUE;
    /* Nobody has seen the merged text: its lines tell nothing. */
    const char *place_end = strstr(wrong->message, ": ");
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "network \"%s\" with the link axes of the matrix: %s",
                point->values[MP_AXIS_NETWORK]->text,
                place_end ? place_end + strlen(": ") : wrong->message);
    return FALSE;
}

static MpMatrixExpectation *copy_expectation(const MpNetwork *network)
{
    if (!network->expected_findings)
        return NULL;
    MpMatrixExpectation *expectation = mp_matrix_expectation_new();
    expectation->findings = g_strdupv(network->expected_findings);
    expectation->has_verdict = TRUE;
    expectation->verdict = network->expected_verdict;
    expectation->exit = network->expected_exit;
    return expectation;
}

static char *merge(const MpMatrixPoint *point, GError **error)
{
    const MpAxisValue *value = point->values[MP_AXIS_NETWORK];
    g_autoptr(MpYaml) yaml = mp_builtin_yaml_load("networks", source_of(value), error);
    if (!yaml)
        return NULL;
    g_autoptr(JsonNode) root = mp_yaml_to_json(mp_yaml_root(yaml));
    JsonObject *network = json_node_get_object(root);
    if (value->path)
        make_traces_absolute(network, value->path);
    mp_cell_network_lay_link(network, point);
    g_autofree char *text = json_to_string(root, TRUE);
    return check_merged(text, point, error) ? g_strconcat(text, "\n", NULL) : NULL;
}

MpCellNetwork *mp_cell_network_make(const MpMatrixPoint *point, GError **error)
{
    const MpAxisValue *value = point->values[MP_AXIS_NETWORK];
    g_autoptr(MpNetwork) network = mp_network_load(source_of(value), error);
    g_autofree char *text = network ? merge(point, error) : NULL;
    if (!text)
        return NULL;
    MpCellNetwork *result = g_new0(MpCellNetwork, 1);
    result->text = g_steal_pointer(&text);
    result->expectation = copy_expectation(network);
    return result;
}
