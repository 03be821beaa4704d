/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network from its YAML file: first the schema, which sees to the form, then what it means.
 */
#include "base/error.h"
#include "input/builtin.h"
#include "input/builtin_yaml.h"
#include "input/link_reader.h"
#include "input/schema.h"
#include "lab/firewall_reader.h"
#include "lab/network.h"
#include "lab/site_reader.h"

static MpLabCertificate read_certificate(MpYamlNode *turn)
{
    static const char *const names[] = {
        [MP_CERTIFICATE_TRUSTED] = "trusted",       [MP_CERTIFICATE_UNTRUSTED] = "untrusted",
        [MP_CERTIFICATE_EXPIRED] = "expired",       [MP_CERTIFICATE_FUTURE] = "future",
        [MP_CERTIFICATE_OTHER_NAME] = "other-name",
    };
    return (MpLabCertificate)mp_yaml_get_choice(turn, "certificate", names, G_N_ELEMENTS(names),
                                                MP_CERTIFICATE_TRUSTED);
}

static gboolean read_forbidden(const MpYaml *yaml, MpYamlNode *list, MpLabTurn *turn,
                               GError **error)
{
    turn->forbidden = mp_yaml_texts(list);
    for (guint i = 0; turn->forbidden && turn->forbidden[i]; i++) {
        MpCidr range;
        if (mp_cidr_parse(&range, turn->forbidden[i]))
            continue;
        mp_yaml_error(yaml, mp_yaml_at(list, i), error,
                      "\"%s\" was found, expected a range such as \"216.147.0.0/18\"",
                      turn->forbidden[i]);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_provider(const MpYaml *yaml, MpYamlNode *node, MpNetwork *network,
                              GError **error)
{
    MpYamlNode *turn = mp_yaml_get(node, "turn");
    network->turn = (MpLabTurn){
        .is_running = mp_yaml_says(turn, "state", "running"),
        .rejects_password = mp_yaml_says(turn, "password", "wrong"),
        .certificate = read_certificate(turn),
        .quota = (guint)mp_yaml_get_number(turn, "quota", 0),
        .has_other_relay_address = mp_yaml_says(turn, "relay_address", "outside"),
    };
    network->responder_is_running = mp_yaml_says(mp_yaml_get(node, "responder"), "state",
                                                 "running");
    network->web_is_running = mp_yaml_says(mp_yaml_get(node, "web"), "state", "running");
    network->web_drops_websockets = mp_yaml_says(mp_yaml_get(node, "web"), "websocket", "dropped");
    return read_forbidden(yaml, mp_yaml_get(turn, "forbidden_peers"), &network->turn, error);
}

static gboolean read_carrier(const MpYaml *yaml, MpYamlNode *node, MpCarrier *carrier,
                             GError **error)
{
    if (!node)
        return TRUE;
    MpYamlNode *nat = mp_yaml_get(node, "nat");
    carrier->has_nat = nat != NULL;
    carrier->nat = mp_nat_read(nat);
    carrier->mtu = mp_mtu_read(mp_yaml_get(node, "mtu"));
    carrier->dscp = (int)mp_yaml_get_number(node, "dscp", -1);
    return mp_firewall_rules_read(yaml, mp_yaml_get(node, "firewall"), MP_FAMILY_IPV4,
                                  carrier->firewall, error);
}

static gboolean read_sites(const MpYaml *yaml, MpYamlNode *root, MpNetwork *network, GError **error)
{
    MpYamlNode *second = mp_yaml_get(root, "second_site");
    mp_site_free(network->site);
    network->site = mp_site_read(yaml, mp_yaml_get(root, "site"), error);
    if (!network->site)
        return FALSE;
    network->second_site = second ? mp_second_site_read(yaml, second, error) : NULL;
    return !second || network->second_site;
}

static gboolean read_link(const MpYaml *yaml, MpYamlNode *node, MpNetwork *network, GError **error)
{
    network->link = node ? mp_link_read(yaml, node, error) : NULL;
    return !node || network->link;
}

static void read_expectation(MpYamlNode *node, MpNetwork *network)
{
    if (!node)
        return;
    network->expected_findings = mp_yaml_texts(mp_yaml_get(node, "findings"));
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
    read_expectation(mp_yaml_get(root, "expect"), network);
    if (!read_provider(yaml, mp_yaml_get(root, "provider"), network, error) ||
        !read_sites(yaml, root, network, error) ||
        !read_carrier(yaml, mp_yaml_get(root, "carrier"), &network->carrier, error) ||
        !read_link(yaml, mp_yaml_get(root, "link"), network, error))
        return NULL;
    return g_steal_pointer(&network);
}

static gboolean check_name(const char *name_or_path, GError **error)
{
    if (mp_builtin_yaml_is_path(name_or_path) || mp_builtin_yaml_exists("networks", name_or_path))
        return TRUE;
    g_auto(GStrv) names = mp_builtin_names("networks", ".yaml");
    g_autofree char *hint = mp_builtin_yaml_hint("networks", name_or_path);
    g_set_error(
        error, MP_ERROR, MP_ERROR_INPUT,
        "network \"%s\" is not built in%s; expected the path of a YAML file or one of the %u "
        "names that \"mediapath lab --list\" prints",
        name_or_path, hint, g_strv_length(names));
    return FALSE;
}

MpNetwork *mp_network_load(const char *name_or_path, GError **error)
{
    if (!check_name(name_or_path, error))
        return NULL;
    g_autoptr(MpYaml) yaml = mp_builtin_yaml_load("networks", name_or_path, error);
    return yaml ? read_network(yaml, error) : NULL;
}
