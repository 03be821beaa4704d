/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the profile lists for a firewall to let through.
 */
#include "analysis/listed.h"

#include "analysis/evidence.h"
#include "analysis/web.h"
#include "model/site_rule.h"

static gboolean holds(const MpCidr *wide, const MpCidr *narrow)
{
    return wide->prefix_length <= narrow->prefix_length && mp_cidr_contains(wide, &narrow->base);
}

void mp_listed_add_ranges(const MpProfile *profile, GPtrArray *addresses)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        if (g_ptr_array_find_with_equal_func(row->services, "TURN", g_str_equal, NULL))
            g_array_append_vals(ranges, row->ranges->data, row->ranges->len);
    }
    for (guint i = 0; i < ranges->len; i++) {
        const MpCidr *range = &g_array_index(ranges, MpCidr, i);
        gboolean is_held = FALSE;
        for (guint j = 0; j < ranges->len && !is_held; j++) {
            const MpCidr *other = &g_array_index(ranges, MpCidr, j);
            is_held = i != j && holds(other, range) && (!holds(range, other) || j < i);
        }
        g_autofree char *base = mp_address_to_ip_string(&range->base);
        if (!is_held)
            g_ptr_array_add(addresses, g_strdup_printf("%s/%u", base, range->prefix_length));
    }
}

char *mp_listed_media_ports(const MpProfile *profile)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        for (guint j = 0; j < row->ports->len; j++) {
            const MpPortRange *ports = &g_array_index(row->ports, MpPortRange, j);
            if (!ports->is_tcp && ports->first < ports->last)
                return g_strdup_printf("%u-%u", ports->first, ports->last);
        }
    }
    return NULL;
}

/* The listed ports that each finding shows as closed. Media's own are the profile's. */
static const struct {
    const char *id;
    const char *udp;
    gboolean has_media;
    const char *tcp;
} closed[] = {
    {"nothing-answered", "3478", TRUE, "443, 3478"},
    {"only-proxy-answers", "3478", TRUE, "443, 3478"},
    {"tcp-blocked", NULL, FALSE, "443, 3478"},
    {"tcp-by-proxy-only", "3478", TRUE, "443, 3478"},
    {"turn-server-silent", "3478", TRUE, "443, 3478"},
    {"turn-tcp-3478-blocked", NULL, FALSE, "3478"},
    {"turn-tls-443-blocked", NULL, FALSE, "443"},
    {"udp-3478-blocked", "3478", FALSE, NULL},
    {"udp-blocked", "3478", TRUE, NULL},
    {"udp-media-ports-blocked", NULL, TRUE, NULL},
};

static void add_rule(JsonArray *rules, gboolean is_udp, const GPtrArray *to, const char *ports)
{
    g_autofree char *rule = mp_site_rule(is_udp, to, ports);
    json_array_add_string_element(rules, rule);
}

/* Free with g_free(); NULL: no UDP port. */
static char *udp_ports(const MpProfile *profile, const char *server_ports, gboolean has_media)
{
    g_autofree char *media = has_media ? mp_listed_media_ports(profile) : NULL;
    return server_ports && media ? g_strdup_printf("%s, %s", server_ports, media)
           : media               ? g_strdup(media)
                                 : g_strdup(server_ports);
}

/* A server that lies outside of the ranges is named itself. TRUE: there are only such. */
static gboolean add_outsiders(const MpProfile *profile, const MpResult *result,
                              const MpFinding *finding, GPtrArray *to)
{
    gboolean has_insider = FALSE;
    for (guint i = 0; i < finding->evidence->len; i++) {
        const MpMeasurement *measurement = mp_result_measurement(result,
                                                                 finding->evidence->pdata[i]);
        const MpStep *step = measurement ? mp_evidence_step(result, measurement) : NULL;
        MpAddress address;
        if (!step || !step->server || mp_web_is(measurement) ||
            !mp_evidence_server(result, measurement, &address) || address.family == MP_FAMILY_NONE)
            continue;
        if (mp_profile_covers(profile, &address))
            has_insider = TRUE;
        else if (!g_ptr_array_find_with_equal_func(to, step->server->host, g_str_equal, NULL))
            g_ptr_array_add(to, g_strdup(step->server->host));
    }
    return to->len > 0 && !has_insider;
}

/* Where it is one range, or only servers outside of them, that is what is to be opened. */
static void add_destinations(const MpProfile *profile, const MpResult *result,
                             const MpFinding *finding, GPtrArray *to)
{
    const char *range = mp_facts_string(finding->numbers, "range");
    if (range)
        g_ptr_array_add(to, g_strdup(range));
    else if (!add_outsiders(profile, result, finding, to))
        mp_listed_add_ranges(profile, to);
}

static void add_rules(const MpProfile *profile, const MpResult *result, MpFinding *finding,
                      guint row)
{
    g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);
    add_destinations(profile, result, finding, to);
    if (to->len == 0)
        return;
    JsonArray *rules = json_array_new();
    g_autofree char *udp = udp_ports(profile, closed[row].udp, closed[row].has_media);
    if (udp)
        add_rule(rules, TRUE, to, udp);
    if (closed[row].tcp)
        add_rule(rules, FALSE, to, closed[row].tcp);
    json_object_set_array_member(finding->numbers, "rules", rules);
}

void mp_listed_add_rules(const MpProfile *profile, const MpResult *result, MpFinding *finding)
{
    const gboolean is_the_sites = finding->owner == MP_OWNER_SITE_NETWORK;
    for (guint i = 0; i < G_N_ELEMENTS(closed) && is_the_sites; i++)
        if (g_str_equal(closed[i].id, finding->id))
            add_rules(profile, result, finding, i);
}
