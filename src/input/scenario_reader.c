/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scenarios from YAML. No secret stands in one: it names the files that hold them.
 */
#include "input/scenario_reader.h"

#include "input/builtin_yaml.h"
#include "input/schema.h"
#include "input/server_reader.h"
#include "input/yaml.h"

/* TRUE when the key is absent. */
static gboolean read_secret(const MpYaml *yaml, MpYamlNode *targets, const char *key,
                            MpSecret **secret, GError **error)
{
    g_autofree char *path = mp_yaml_resolve(yaml, mp_yaml_get_text(targets, key, NULL));
    if (!path)
        return TRUE;
    g_autoptr(GError) reason = NULL;
    *secret = mp_secret_read_file(path, &reason);
    if (*secret)
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(targets, key), error, "%s: %s", key, reason->message);
    return FALSE;
}

static gboolean check_readable(const MpYaml *yaml, MpYamlNode *targets, const char *key,
                               const char *path, GError **error)
{
    if (!path || g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(targets, key), error,
                  "%s: no file \"%s\" was found, expected one", key, path);
    return FALSE;
}

static gboolean read_resolvers(const MpYaml *yaml, MpYamlNode *list, MpTargets *targets,
                               GError **error)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        MpAddress address;
        if (!mp_address_parse(&address, mp_yaml_text(node), 53)) {
            mp_yaml_error(yaml, node, error, "\"%s\" was found, expected an IP address",
                          mp_yaml_text(node));
            return FALSE;
        }
        g_array_append_val(targets->resolvers, address);
    }
    return TRUE;
}

static gboolean read_targets(const MpYaml *yaml, MpYamlNode *node, MpTargets *targets,
                             GError **error)
{
    targets->turn_user = g_strdup(mp_yaml_get_text(node, "turn_user", NULL));
    targets->responder_url = g_strdup(mp_yaml_get_text(node, "responder", NULL));
    targets->proxy_url = g_strdup(mp_yaml_get_text(node, "proxy", NULL));
    targets->proxy_user = g_strdup(mp_yaml_get_text(node, "proxy_user", NULL));
    targets->ca_file = mp_yaml_resolve(yaml, mp_yaml_get_text(node, "ca_file", NULL));
    if (mp_yaml_get(node, "turn_password_file") && mp_yaml_get(node, "turn_secret_file")) {
        mp_yaml_error(yaml, mp_yaml_get(node, "turn_secret_file"), error,
                      "\"turn_secret_file\" was found beside \"turn_password_file\", expected one "
                      "of them");
        return FALSE;
    }
    return mp_servers_read(yaml, node, targets, error) &&
           read_resolvers(yaml, mp_yaml_get(node, "resolvers"), targets, error) &&
           check_readable(yaml, node, "ca_file", targets->ca_file, error) &&
           read_secret(yaml, node, "turn_password_file", &targets->turn_password, error) &&
           read_secret(yaml, node, "turn_secret_file", &targets->turn_secret, error) &&
           read_secret(yaml, node, "proxy_password_file", &targets->proxy_password, error) &&
           read_secret(yaml, node, "token_file", &targets->token, error);
}

static MpScenario *read_scenario(const MpYaml *yaml, GError **error)
{
    if (!mp_schema_check(yaml, "scenario.schema.json", error))
        return NULL;

    MpYamlNode *root = mp_yaml_root(yaml);
    g_autoptr(MpScenario) scenario = mp_scenario_new();
    const char *profile = mp_yaml_get_text(root, "profile", NULL);
    gboolean is_path = profile && mp_builtin_yaml_is_path(profile);
    scenario->profile = is_path ? mp_yaml_resolve(yaml, profile) : g_strdup(profile);
    scenario->role = g_strdup(mp_yaml_get_text(root, "role", NULL));
    scenario->media_s = mp_yaml_get_number(root, "media_s", 0);
    scenario->deadline_s = mp_yaml_get_number(root, "deadline_s", 0);
    scenario->targets->label = g_strdup(mp_yaml_get_text(root, "name", NULL));
    if (!read_targets(yaml, mp_yaml_get(root, "targets"), scenario->targets, error))
        return NULL;
    return g_steal_pointer(&scenario);
}

MpScenario *mp_scenario_parse(const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(MpYaml) yaml = mp_yaml_parse(path, text, length, error);
    return yaml ? read_scenario(yaml, error) : NULL;
}

MpScenario *mp_scenario_load(const char *path, GError **error)
{
    g_autoptr(MpYaml) yaml = mp_yaml_read_file(path, error);
    return yaml ? read_scenario(yaml, error) : NULL;
}
