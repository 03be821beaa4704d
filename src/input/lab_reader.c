/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far ends of a lab. JSON is YAML, so its errors have line and column too.
 */
#include "input/lab_reader.h"

#include "input/schema.h"
#include "input/server_reader.h"
#include "input/yaml.h"

static MpSecret *read_secret(MpYamlNode *mapping, const char *key)
{
    const char *text = mp_yaml_get_text(mapping, key, NULL);
    return text ? mp_secret_new(text) : NULL;
}

static void read_responder(MpTargets *targets, MpYamlNode *responder)
{
    MpYamlNode *stamp = mp_yaml_get(responder, "stamp");
    targets->responder_url = g_strdup(mp_yaml_get_text(responder, "url", NULL));
    targets->token = read_secret(responder, "token");
    if (!stamp)
        return;
    targets->stamp_host = g_strdup(mp_yaml_get_text(stamp, "host", NULL));
    targets->stamp_key = read_secret(stamp, "key");
    targets->stamp_key_id = (guint32)mp_yaml_get_number(stamp, "key_id", 0);
}

MpTargets *mp_lab_targets_load(const char *json_path, GError **error)
{
    g_autoptr(MpYaml) yaml = mp_yaml_read_file(json_path, error);
    if (!yaml || !mp_schema_check(yaml, "lab.schema.json", error))
        return NULL;

    MpYamlNode *root = mp_yaml_root(yaml);
    g_autoptr(MpTargets) targets = mp_targets_new();
    if (!mp_servers_read(yaml, root, targets, error))
        return NULL;
    targets->is_emulated = TRUE;
    targets->lacks_web = !mp_yaml_get_boolean(root, "web", FALSE);
    targets->label = g_strdup_printf("lab %s", mp_yaml_get_text(root, "name", NULL));
    targets->turn_user = g_strdup(mp_yaml_get_text(root, "turn_user", NULL));
    targets->turn_password = read_secret(root, "turn_password");
    targets->turn_secret = read_secret(root, "turn_secret");
    targets->ca_file = mp_yaml_resolve(yaml, mp_yaml_get_text(root, "ca_file", NULL));

    MpYamlNode *responder = mp_yaml_get(root, "responder");
    if (responder)
        read_responder(targets, responder);
    MpYamlNode *proxy = mp_yaml_get(root, "proxy");
    if (proxy) {
        targets->proxy_url = g_strdup(mp_yaml_get_text(proxy, "url", NULL));
        targets->proxy_user = g_strdup(mp_yaml_get_text(proxy, "user", NULL));
        targets->proxy_password = read_secret(proxy, "password");
    }
    return g_steal_pointer(&targets);
}
