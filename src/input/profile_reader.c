/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Requirement profiles: first the schema, which sees to the form, then what the values mean.
 */
#include "input/profile_reader.h"

#include "base/error.h"
#include "input/builtin.h"
#include "input/builtin_yaml.h"
#include "input/row_reader.h"
#include "input/schema.h"
#include "input/session_reader.h"
#include "input/yaml_json.h"

static gboolean read_speed(const MpYaml *yaml, MpYamlNode *node, MpProfile *profile, GError **error)
{
    profile->recommended_kbps = (guint)mp_yaml_get_number(node, "recommended_kbps", 0);
    profile->least_kbps = (guint)mp_yaml_get_number(node, "least_kbps", 0);
    if (profile->least_kbps <= profile->recommended_kbps)
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(node, "least_kbps"), error,
                  "least_kbps %u was found, expected at most recommended_kbps %u",
                  profile->least_kbps, profile->recommended_kbps);
    return FALSE;
}

static gboolean read_rows(const MpYaml *yaml, MpYamlNode *list, MpProfile *profile, GError **error)
{
    for (guint i = 0; i < mp_yaml_size(list); i++) {
        MpRequirementRow *row = mp_requirement_row_read(yaml, mp_yaml_at(list, i), profile, error);
        if (!row)
            return FALSE;
        g_ptr_array_add(profile->rows, row);
    }
    return TRUE;
}

static gboolean read_sessions(const MpYaml *yaml, MpYamlNode *node, MpProfile *profile,
                              GError **error)
{
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        MpSessionRules *session = &profile->sessions[i];
        if (!mp_session_rules_read(yaml, mp_yaml_get(node, mp_session_type_name(session->type)),
                                   session, error))
            return FALSE;
    }
    return TRUE;
}

static void read_environment(MpYamlNode *node, MpProfile *profile)
{
    if (!node)
        return;
    g_autoptr(JsonNode) json = mp_yaml_to_json(node);
    json_object_unref(profile->environment);
    profile->environment = json_node_dup_object(json);
}

MpProfile *mp_profile_from_yaml(const MpYaml *yaml, GError **error)
{
    if (!mp_schema_check(yaml, "profile.schema.json", error))
        return NULL;

    MpYamlNode *root = mp_yaml_root(yaml);
    g_autoptr(MpProfile) profile = mp_profile_new();
    profile->name = g_strdup(mp_yaml_get_text(root, "name", NULL));
    profile->source = g_strdup(mp_yaml_get_text(root, "source", NULL));
    profile->date = g_strdup(mp_yaml_get_text(root, "date", NULL));
    mp_text_read(&profile->title, mp_yaml_get(root, "title"));
    if (!mp_date_check(yaml, root, "date", error) ||
        !read_speed(yaml, mp_yaml_get(root, "speed"), profile, error) ||
        !read_rows(yaml, mp_yaml_get(root, "requirements"), profile, error) ||
        !read_sessions(yaml, mp_yaml_get(root, "sessions"), profile, error))
        return NULL;
    read_environment(mp_yaml_get(root, "environment"), profile);
    return g_steal_pointer(&profile);
}

static gboolean check_name(const char *name_or_path, GError **error)
{
    if (mp_builtin_yaml_is_path(name_or_path) || mp_builtin_yaml_exists("profiles", name_or_path))
        return TRUE;
    g_auto(GStrv) names = mp_builtin_names("profiles", ".yaml");
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *hint = mp_builtin_yaml_hint("profiles", name_or_path);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "profile \"%s\" is not built in, expected %s or the path of a YAML file%s",
                name_or_path, list, hint);
    return FALSE;
}

MpProfile *mp_profile_load(const char *name_or_path, GError **error)
{
    if (!check_name(name_or_path, error))
        return NULL;
    g_autoptr(MpYaml) yaml = mp_builtin_yaml_load("profiles", name_or_path, error);
    return yaml ? mp_profile_from_yaml(yaml, error) : NULL;
}
