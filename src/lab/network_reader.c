/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network from its YAML file: first the schema, which sees to the form, then what it means.
 */
#include <string.h>

#include "base/error.h"
#include "input/builtin.h"
#include "input/nearest.h"
#include "input/schema.h"
#include "lab/firewall_reader.h"
#include "lab/network.h"

static gboolean says(MpYamlNode *mapping, const char *key, const char *word)
{
    return g_strcmp0(mp_yaml_get_text(mapping, key, NULL), word) == 0;
}

static gboolean read_site(const MpYaml *yaml, MpYamlNode *node, MpNetwork *network, GError **error)
{
    network->has_nat = says(node, "nat", "masquerade");
    MpYamlNode *rules = mp_yaml_get(node, "firewall");
    for (guint i = 0; rules && i < mp_yaml_size(rules); i++) {
        MpFirewallRule *rule = mp_firewall_rule_read(yaml, mp_yaml_at(rules, i), error);
        if (!rule)
            return FALSE;
        g_ptr_array_add(network->firewall, rule);
    }
    return TRUE;
}

static void read_provider(MpYamlNode *node, MpNetwork *network)
{
    MpYamlNode *turn = mp_yaml_get(node, "turn");
    network->turn = (MpLabTurn){
        .is_running = says(turn, "state", "running"),
        .rejects_password = says(turn, "password", "wrong"),
        .has_foreign_certificate = says(turn, "certificate", "untrusted"),
    };
    network->responder_is_running = says(mp_yaml_get(node, "responder"), "state", "running");
}

static void read_expectation(MpYamlNode *node, MpNetwork *network)
{
    if (!node)
        return;
    MpYamlNode *findings = mp_yaml_get(node, "findings");
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    for (guint i = 0; i < mp_yaml_size(findings); i++)
        g_strv_builder_add(ids, mp_yaml_text(mp_yaml_at(findings, i)));
    network->expected_findings = g_strv_builder_end(ids);
    mp_verdict_parse(&network->expected_verdict, mp_yaml_get_text(node, "verdict", NULL));
    network->expected_exit = (int)mp_yaml_get_number(node, "exit", 0);
}

static MpNetwork *read_network(MpYaml *yaml, GError **error)
{
    if (!mp_schema_check(yaml, "network.schema.json", error))
        return NULL;

    MpYamlNode *root = mp_yaml_root(yaml);
    MpYamlNode *sentence = mp_yaml_get(root, "sentence");
    g_autoptr(MpNetwork) network = mp_network_new();
    network->name = g_strdup(mp_yaml_get_text(root, "name", NULL));
    network->sentence_en = g_strdup(mp_yaml_get_text(sentence, "en", NULL));
    network->sentence_ja = g_strdup(mp_yaml_get_text(sentence, "ja", NULL));
    read_provider(mp_yaml_get(root, "provider"), network);
    read_expectation(mp_yaml_get(root, "expect"), network);
    if (!read_site(yaml, mp_yaml_get(root, "site"), network, error))
        return NULL;
    return g_steal_pointer(&network);
}

static void set_unknown_name(const char *name, GError **error)
{
    g_auto(GStrv) names = mp_builtin_names("networks", ".yaml");
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (guint i = 0; names[i]; i++)
        g_ptr_array_add(known, names[i]);
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *hint = mp_nearest_hint(name, known);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "network \"%s\" is not built in, expected %s or the path of a YAML file%s", name,
                list, hint);
}

static MpYaml *read_builtin(const char *name, GError **error)
{
    g_autofree char *path = g_strdup_printf("networks/%s.yaml", name);
    g_autoptr(GBytes) bytes = mp_builtin_read(path);
    if (!bytes) {
        set_unknown_name(name, error);
        return NULL;
    }
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    return mp_yaml_parse(path, text, length, error);
}

MpNetwork *mp_network_load(const char *name_or_path, GError **error)
{
    gboolean is_path = strchr(name_or_path, '/') || g_str_has_suffix(name_or_path, ".yaml") ||
                       g_str_has_suffix(name_or_path, ".yml");
    g_autoptr(MpYaml) yaml = is_path ? mp_yaml_read_file(name_or_path, error)
                                     : read_builtin(name_or_path, error);
    return yaml ? read_network(yaml, error) : NULL;
}
