/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of result.json: whom each asked, and which way it went.
 */
#include <string.h>

#include "base/error.h"
#include "input/result_parts.h"

/* At the end of an id: see plan/planner.c. */
#define IPV6_SUFFIX "/v6"
#define MEDIA_PREFIX "media-"

typedef enum { NAMES_NOBODY, NAMES_URI, NAMES_HOST, NAMES_URI_OF_RELAY } Target;

/* Who the target of each kind is. The others' is not a server of the plan. */
static const struct {
    const char *kind;
    Target target;
} kinds[] = {
    {"stun", NAMES_URI}, {"nat", NAMES_URI},         {"nat-lifetime", NAMES_URI},
    {"turn", NAMES_URI}, {"ports-relay", NAMES_URI}, {"media", NAMES_URI_OF_RELAY},
    {"web", NAMES_HOST},
};

static const char *const transports[] = {"udp", "tcp", "tls", "dtls"};
static const char *const families[] = {"ipv4", "ipv6"};

static gboolean refuse(const MpYaml *yaml, MpYamlNode *node, const char *key, const char *expected,
                       GError **error)
{
    MpYamlNode *place = mp_yaml_get(node, key);
    const char *text = place ? mp_yaml_text(place) : NULL;
    g_autofree char *found = text ? g_strdup_printf("\"%s\"", text) : g_strdup_printf("no %s", key);
    mp_yaml_error(yaml, place ? place : node, error, "%s was found, expected %s", found, expected);
    return FALSE;
}

/* "host:443", "[2001:db8::1]:443". NULL: it is not that. */
static MpServerUri *host_of(const char *target, MpTransport transport)
{
    const char *colon = target ? strrchr(target, ':') : NULL;
    guint64 port;
    if (!colon || colon == target ||
        !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
        return NULL;
    const gboolean is_bracketed = target[0] == '[' && colon[-1] == ']';
    g_autofree char *host = g_strndup(target + is_bracketed,
                                      (gsize)(colon - target) - (is_bracketed ? 2 : 0));
    const MpServerUri server = {.transport = transport, .host = host, .port = (guint16)port};
    return *host ? mp_server_uri_copy(&server) : NULL;
}

static Target target_of(const MpStep *step)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].kind, step->kind))
            return kinds[i].target != NAMES_URI_OF_RELAY ? kinds[i].target
                   : step->way == MP_WAY_UDP             ? NAMES_NOBODY
                                                         : NAMES_URI;
    return NAMES_NOBODY;
}

static gboolean read_server(const MpYaml *yaml, MpYamlNode *node, MpStep *step, GError **error)
{
    const char *text = mp_yaml_get_text(node, "target", NULL);
    const Target target = target_of(step);
    if (target == NAMES_NOBODY)
        return TRUE;
    if (target == NAMES_URI) {
        step->server = text ? mp_server_uri_parse(text, NULL) : NULL;
        return step->server ||
               refuse(yaml, node, "target", "a STUN or TURN URI such as \"stun:host:3478\"", error);
    }
    step->server = host_of(text, (MpTransport)mp_yaml_get_choice(node, "transport", transports,
                                                                 G_N_ELEMENTS(transports), 0));
    return step->server || refuse(yaml, node, "target", "a host such as \"host:443\"", error);
}

/* Where no member says it, as in results of early versions, the id does: "turn-tls:host:443",
 * "media-turn-tls". */
static gboolean read_way(const MpYaml *yaml, MpYamlNode *node, MpStep *step, GError **error)
{
    if (!mp_step_has_way(step))
        return TRUE;
    const char *text = mp_yaml_get_text(node, "way", NULL);
    const char *id = step->id +
                     (g_str_has_prefix(step->id, MEDIA_PREFIX) ? strlen(MEDIA_PREFIX) : 0);
    g_autofree char *in_id = g_strndup(id, strcspn(id, ":"));
    return mp_way_parse(&step->way, text ? text : in_id) ||
           refuse(yaml, node, "id", "one that begins with a way, such as \"turn-tls:\"", error);
}

static MpStep *read_step(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    g_autoptr(MpStep) step = mp_step_new(mp_yaml_get_text(node, "kind", NULL),
                                         mp_yaml_get_text(node, "id", NULL));
    step->deadline = (MpTime)(MIN(mp_yaml_get_number(node, "deadline_ms", 0), 1e9) *
                              (double)MP_MSEC(1));
    if (!read_way(yaml, node, step, error) || !read_server(yaml, node, step, error))
        return NULL;
    step->codec = g_strdup(mp_yaml_get_text(node, "codec", NULL));
    if (mp_yaml_get(node, "family"))
        step->family = mp_yaml_get_choice(node, "family", families, 2, 0) == 0 ? MP_FAMILY_IPV4
                                                                               : MP_FAMILY_IPV6;
    return g_steal_pointer(&step);
}

static MpStep *step_named(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->plan->len; i++) {
        MpStep *step = result->plan->pdata[i];
        if (g_str_equal(step->id, id))
            return step;
    }
    return NULL;
}

/* Early versions told the family by the id alone: the one over IPv6 stands beside its like. */
static void find_families(MpResult *result)
{
    for (guint i = 0; i < result->plan->len; i++) {
        MpStep *step = result->plan->pdata[i];
        if (step->family != MP_FAMILY_NONE || !step->server ||
            !g_str_has_suffix(step->id, IPV6_SUFFIX))
            continue;
        g_autofree char *other_id = g_strndup(step->id, strlen(step->id) - strlen(IPV6_SUFFIX));
        MpStep *other = step_named(result, other_id);
        step->family = MP_FAMILY_IPV6;
        if (other)
            other->family = MP_FAMILY_IPV4;
    }
}

gboolean mp_result_plan_read(const MpYaml *yaml, MpYamlNode *list, MpResult *result, GError **error)
{
    for (guint i = 0; i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        if (step_named(result, mp_yaml_get_text(node, "id", NULL)))
            return refuse(yaml, node, "id", "each step once", error);
        MpStep *step = read_step(yaml, node, error);
        if (!step)
            return FALSE;
        g_ptr_array_add(result->plan, step);
    }
    find_families(result);
    return TRUE;
}
