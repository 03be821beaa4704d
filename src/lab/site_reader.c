/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site from a network file: what the schema cannot say about addresses.
 */
#include "lab/site_reader.h"

#include "lab/firewall_reader.h"

static MpNatDependence read_dependence(MpYamlNode *node, const char *key, MpNatDependence fallback)
{
    static const char *const names[] = {
        [MP_NAT_ENDPOINT_INDEPENDENT] = "endpoint-independent",
        [MP_NAT_ADDRESS_DEPENDENT] = "address-dependent",
        [MP_NAT_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
    };
    return (MpNatDependence)mp_yaml_get_choice(node, key, names, G_N_ELEMENTS(names), fallback);
}

MpNat mp_nat_read(MpYamlNode *node)
{
    return (MpNat){
        .mapping = read_dependence(node, "mapping", MP_NAT_ENDPOINT_INDEPENDENT),
        .filtering = read_dependence(node, "filtering", MP_NAT_ADDRESS_AND_PORT_DEPENDENT),
        .has_random_ports = mp_yaml_says(node, "ports", "random"),
        .hairpins = mp_yaml_get_boolean(node, "hairpin", FALSE),
        .udp_timeout_s = (guint)mp_yaml_get_number(node, "udp_timeout_s", 0),
    };
}

MpMtu mp_mtu_read(MpYamlNode *node)
{
    return (MpMtu){
        .bytes = (guint)mp_yaml_get_number(node, "bytes", 0),
        .is_black_hole = mp_yaml_get_boolean(node, "black_hole", FALSE),
    };
}

/* What dnsmasq takes as a domain: RFC 952's letters, and the underscore of service names; below it,
 * or all. */
static gboolean is_domain(const char *name)
{
    const char *rest = g_str_has_prefix(name, "*.") ? name + strlen("*.") : name;
    return g_str_equal(name, "*") ||
           g_regex_match_simple("^[a-z0-9_-]+(\\.[a-z0-9_-]+)*$", rest,
                                G_REGEX_CASELESS | G_REGEX_DOLLAR_ENDONLY, 0);
}

static gboolean check_name(const MpYaml *yaml, MpYamlNode *node, const char *name, GError **error)
{
    if (is_domain(name))
        return TRUE;
    mp_yaml_error(yaml, node, error,
                  "\"%s\" was found, expected a host name, or \"*\" for every name", name);
    return FALSE;
}

static gboolean check_names(const MpYaml *yaml, MpYamlNode *list, GError **error)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++)
        if (!check_name(yaml, mp_yaml_at(list, i), mp_yaml_text(mp_yaml_at(list, i)), error))
            return FALSE;
    return TRUE;
}

static gboolean read_lies(const MpYaml *yaml, MpYamlNode *lies, MpSiteDns *dns, GError **error)
{
    if (!lies)
        return TRUE;
    g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
    for (guint i = 0; i < mp_yaml_size(lies); i++) {
        const char *text = mp_yaml_text(mp_yaml_at(lies, i));
        MpAddress address;
        if (!mp_address_parse(&address, text, 0) || address.family != MP_FAMILY_IPV4) {
            mp_yaml_error(yaml, mp_yaml_at(lies, i), error,
                          "\"%s\" was found, expected an IPv4 address", text);
            return FALSE;
        }
        if (!check_name(yaml, mp_yaml_at(lies, i), mp_yaml_key(lies, i), error))
            return FALSE;
        g_autofree char *pair = g_strdup_printf("%s=%s", mp_yaml_key(lies, i), text);
        g_strv_builder_add(pairs, pair);
    }
    dns->lies = g_strv_builder_end(pairs);
    return TRUE;
}

static gboolean read_dns(const MpYaml *yaml, MpYamlNode *node, MpSiteDns *dns, GError **error)
{
    if (!node)
        return TRUE;
    dns->is_running = !mp_yaml_says(node, "state", "stopped");
    dns->failing = mp_yaml_texts(mp_yaml_get(node, "servfail"));
    dns->refused = mp_yaml_texts(mp_yaml_get(node, "nxdomain"));
    MpYamlNode *slow = mp_yaml_get(node, "slow");
    if (!check_names(yaml, mp_yaml_get(node, "servfail"), error) ||
        !check_names(yaml, mp_yaml_get(node, "nxdomain"), error) ||
        !check_names(yaml, mp_yaml_get(slow, "names"), error))
        return FALSE;
    if (slow) {
        dns->slow = mp_yaml_texts(mp_yaml_get(slow, "names"));
        dns->slow_delay = (MpTime)(mp_yaml_get_number(slow, "delay_ms", 0) * (double)MP_MSEC(1));
    }
    return read_lies(yaml, mp_yaml_get(node, "lies"), dns, error);
}

static void read_proxy(MpYamlNode *node, MpSiteProxy *proxy)
{
    if (!node)
        return;
    proxy->type = mp_yaml_says(node, "type", "http") ? MP_PROXY_HTTP : MP_PROXY_SOCKS;
    const gboolean asks = mp_yaml_get_boolean(node, "login", FALSE);
    proxy->asks_domain_login = asks && mp_yaml_says(node, "login_scheme", "domain");
    proxy->asks_login = asks && !proxy->asks_domain_login;
}

static void read_intercepted_ports(MpYamlNode *list, GArray *ports)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        double number = 0;
        mp_yaml_number(mp_yaml_at(list, i), &number);
        guint16 port = (guint16)number;
        g_array_append_val(ports, port);
    }
}

/* A key that this kind of site cannot have, and why. */
typedef struct {
    const char *key;
    const char *why;
} Exclusion;

static const Exclusion ipv6_exclusions[] = {
    {"nat", "the carrier's NAT64 translates"},
    {"ipv6", "it is what the site has anyway"},
    {"proxy", "the office's servers have IPv4 only"},
    {"captive_portal", "the office's servers have IPv4 only"},
    {"intercept_tls", "the interception knows IPv4 only"},
};

/* Slow names wait behind a link of their own, which only one site has. */
static const Exclusion second_exclusions[] = {
    {"ip", "only the first site has IPv6"},
    {"ipv6", "only the first site has IPv6"},
    {"proxy", "only the first site has an office"},
    {"captive_portal", "only the first site has an office"},
    {"slow", "only the first site has a slow name server"},
};

static gboolean exclude(const MpYaml *yaml, MpYamlNode *node, const char *where,
                        const Exclusion *exclusions, guint n_exclusions, GError **error)
{
    for (guint i = 0; node && i < n_exclusions; i++) {
        MpYamlNode *found = mp_yaml_get(node, exclusions[i].key);
        if (!found)
            continue;
        mp_yaml_error(yaml, found, error, "\"%s\" was found at %s, expected none: %s",
                      exclusions[i].key, where, exclusions[i].why);
        return FALSE;
    }
    return TRUE;
}

/* RFC 8200 section 5. */
#define MIN_MTU6 1280

static gboolean check_ipv6(const MpYaml *yaml, MpYamlNode *node, const MpSite *site, GError **error)
{
    const gboolean is_alone = site->ip == MP_SITE_IPV6_NAT64;
    if (!is_alone && site->ipv6 == MP_SITE_IPV6_NONE)
        return TRUE;
    if (is_alone && !exclude(yaml, node, "a site with IPv6 only", ipv6_exclusions,
                             G_N_ELEMENTS(ipv6_exclusions), error))
        return FALSE;
    if (!site->mtu.bytes || site->mtu.bytes >= MIN_MTU6)
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(mp_yaml_get(node, "mtu"), "bytes"), error,
                  "%u was found at a site with IPv6, expected %d or more (RFC 8200 section 5)",
                  site->mtu.bytes, MIN_MTU6);
    return FALSE;
}

static MpSiteIpv6 read_ipv6(MpYamlNode *node)
{
    if (mp_yaml_says(node, "ipv6", "works"))
        return MP_SITE_IPV6_WORKS;
    return mp_yaml_says(node, "ipv6", "black-hole") ? MP_SITE_IPV6_BLACK_HOLE : MP_SITE_IPV6_NONE;
}

MpSite *mp_site_read(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    g_autoptr(MpSite) site = mp_site_new();
    gboolean is_ipv6 = mp_yaml_says(node, "ip", "ipv6-nat64");
    MpFamily family = is_ipv6 ? MP_FAMILY_IPV6 : MP_FAMILY_IPV4;
    MpYamlNode *nat = mp_yaml_get(node, "nat");
    site->ip = is_ipv6 ? MP_SITE_IPV6_NAT64 : MP_SITE_IPV4;
    site->ipv6 = read_ipv6(node);
    site->has_nat = nat != NULL;
    site->nat = mp_nat_read(nat);
    site->mtu = mp_mtu_read(mp_yaml_get(node, "mtu"));
    site->dscp = (int)mp_yaml_get_number(node, "dscp", -1);
    site->has_portal = mp_yaml_get_boolean(node, "captive_portal", FALSE);
    read_proxy(mp_yaml_get(node, "proxy"), &site->proxy);
    read_intercepted_ports(mp_yaml_get(node, "intercept_tls"), site->intercepted_ports);
    if (!check_ipv6(yaml, node, site, error) ||
        !read_dns(yaml, mp_yaml_get(node, "dns"), &site->dns, error) ||
        !mp_firewall_rules_read(yaml, mp_yaml_get(node, "firewall"), family, site->firewall, error))
        return NULL;
    return g_steal_pointer(&site);
}

MpSite *mp_second_site_read(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    static const char where[] = "the second site";
    MpYamlNode *dns = mp_yaml_get(node, "dns");
    if (!exclude(yaml, node, where, second_exclusions, G_N_ELEMENTS(second_exclusions), error) ||
        !exclude(yaml, dns, where, second_exclusions, G_N_ELEMENTS(second_exclusions), error))
        return NULL;
    return mp_site_read(yaml, node, error);
}
