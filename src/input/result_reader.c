/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * result.json, read back. JSON is YAML, so its errors have line and column too.
 */
#include "input/result_reader.h"

#include <math.h>

#include "base/error.h"
#include "config.h"
#include "input/bounded_file.h"
#include "input/result_parts.h"
#include "input/schema.h"
#include "input/yaml_json.h"

#define SCHEMA "mediapath-result/1"
#define FAMILY "mediapath-result/"

/* Before everything else: what another version means by its members is not ours to judge. */
static gboolean check_version(const MpYaml *yaml, GError **error)
{
    MpYamlNode *schema = mp_yaml_get(mp_yaml_root(yaml), "schema");
    const char *text = schema ? mp_yaml_text(schema) : NULL;
    if (g_strcmp0(text, SCHEMA) == 0)
        return TRUE;
    if (text && g_str_has_prefix(text, FAMILY))
        mp_yaml_error(yaml, schema, error,
                      "schema \"%s\" was found, expected \"" SCHEMA
                      "\": another version of mediapath wrote it",
                      text);
    else
        mp_yaml_error(yaml, mp_yaml_root(yaml), error,
                      "no schema \"" SCHEMA
                      "\" was found, expected a result of mediapath check --json");
    return FALSE;
}

/* A newer version may have put in what this one does not know. */
static void name_writer(const MpYaml *yaml, GError **error)
{
    const char *version = mp_yaml_get_text(mp_yaml_get(mp_yaml_root(yaml), "tool"), "version",
                                           MP_VERSION);
    if (!g_str_equal(version, MP_VERSION) && error && *error) {
        g_autofree char *message = g_strdup_printf("%s (mediapath %s wrote it, this is %s)",
                                                   (*error)->message, version, MP_VERSION);
        g_clear_error(error);
        g_set_error_literal(error, MP_ERROR, MP_ERROR_INPUT, message);
    }
}

static void read_run(MpYamlNode *root, MpResult *result)
{
    result->version = g_strdup(mp_yaml_get_text(mp_yaml_get(root, "tool"), "version", NULL));
    result->started = g_strdup(mp_yaml_get_text(root, "started", NULL));
    result->duration_ms = mp_yaml_get_number(root, "duration_ms", 0);
    result->scenario = g_strdup(mp_yaml_get_text(root, "scenario", NULL));
    result->is_emulated = mp_yaml_get_boolean(root, "emulated", FALSE);
    result->profile = g_strdup(mp_yaml_get_text(root, "profile", NULL));
    result->role = g_strdup(mp_yaml_get_text(root, "role", "host"));
    result->lang = g_strdup(mp_yaml_get_text(root, "lang", NULL));
    result->is_interrupted = mp_yaml_get_boolean(root, "interrupted", FALSE);
}

/* Made of packets, which are not in the file. All else of paths[] follows from the measurements. */
static void keep_models(MpYamlNode *paths, MpResult *result)
{
    for (guint i = 0; i < mp_yaml_size(paths); i++) {
        MpYamlNode *path = mp_yaml_at(paths, i);
        MpYamlNode *model = mp_yaml_get(path, "model");
        MpWay way;
        if (!model || !mp_way_parse(&way, mp_yaml_get_text(path, "transport", "")))
            continue;
        g_autoptr(JsonNode) json = mp_yaml_to_json(model);
        g_clear_pointer(&result->kept_models[way], json_object_unref);
        result->kept_models[way] = json_node_dup_object(json);
    }
}

static MpResult *read_result(const MpYaml *yaml, GError **error)
{
    MpYamlNode *root = mp_yaml_root(yaml);
    g_autoptr(MpResult) result = mp_result_new();
    read_run(root, result);
    mp_result_environment_read(mp_yaml_get(root, "environment"), result->environment);
    if (!mp_result_plan_read(yaml, mp_yaml_get(root, "plan"), result, error) ||
        !mp_result_measurements_read(yaml, mp_yaml_get(root, "measurements"), result, error))
        return NULL;
    keep_models(mp_yaml_get(root, "paths"), result);
    return g_steal_pointer(&result);
}

MpResult *mp_result_parse(const char *name, const char *text, gsize length, GError **error)
{
    g_autoptr(MpYaml) yaml = mp_yaml_parse(name, text, length, error);
    if (!yaml)
        return NULL;
    mp_yaml_tell_pointers(yaml);
    if (!check_version(yaml, error))
        return NULL;
    if (!mp_schema_check(yaml, "result.schema.json", error)) {
        name_writer(yaml, error);
        return NULL;
    }
    return read_result(yaml, error);
}

MpResult *mp_result_read(const char *path, GError **error)
{
    gsize length = 0;
    g_autofree char *text = mp_bounded_file_read(path, MP_YAML_MOST_BYTES, &length, error);
    return text ? mp_result_parse(g_str_equal(path, "-") ? "standard input" : path, text, length,
                                  error)
                : NULL;
}
