/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of a check: the servers side by side, then the hosts of the allow-list, then media way
 * by way in browser order.
 */
#include "plan/planner.h"

#include <string.h>

#include "plan/port_steps.h"
#include "plan/stream_sets.h"
#include "plan/web_steps.h"

/* A ladder of transactions, each with its retransmissions; 5 s also outlasts a lossy path. */
#define SERVER_DEADLINE MP_SEC(5)
/* The ladder of a TURN server that answered, over a satellite: its dozen round trips. */
#define TURN_DEADLINE MP_SEC(20)
/* Signalling, ICE and DTLS before the first media packet (8 s over a satellite), four lower tiers
 * of 1.5 s where the first loses packets, and the record after the last. */
#define MEDIA_SETUP MP_SEC(20)
/* How long a flow lies idle at most, where nobody asks for more. */
#define NAT_LIFETIME MP_SEC(12)
/* Two seconds of work, and a slow start. */
#define COMPUTER_DEADLINE MP_SEC(5)
/* At most, with the draining of queues before it. */
#define CAPACITY_TIME MP_SEC(7)
/* Opus at its usual rate, with its headers and a little more. */
#define VOICE_KBPS 100
/* What another way takes of the time: its media at several tiers, and the changes of turn. */
#define WAY_MEDIA MP_SEC(6)
/* Enough media to see that a relay works; the engine gives the first way that works more. */
#define RELAY_MEDIA_TIME MP_MSEC(1500)

/* From the streams of one kind of session to those of the next. */
#define SESSION_CHANGE MP_SEC(1)

/* Behind the id of a step over IPv6 beside the same one over IPv4. */
#define IPV6_SUFFIX "/v6"

static const char *const kinds[] = {"stun",       "nat",   "turn",  "web",
                                    "computer",   "path",  "ports", "ports-relay",
                                    "ports-walk", "media", NULL};

/* The relayed ways in browser order. */
static const MpWay relays[] = {
    MP_WAY_TURN_UDP, MP_WAY_TURN_TCP, MP_WAY_TURN_TLS, MP_WAY_TURN_TCP_PROXY, MP_WAY_TURN_TLS_PROXY,
};

typedef struct {
    const MpTargets *targets;
    const MpProfile *profile;
    const MpPlanOptions *options;
    GPtrArray *steps;
    guint last_phase;
} Planner;

gboolean mp_plan_has_kind(const char *kind)
{
    return g_strv_contains(kinds, kind);
}

static gboolean is_wanted(const MpPlanOptions *options, const char *kind)
{
    if (options->skip && g_strv_contains(options->skip, kind))
        return FALSE;
    return !options->only || !options->only[0] || g_strv_contains(options->only, kind);
}

static gboolean is_way_wanted(const MpPlanOptions *options, MpWay way)
{
    return !options->transports || !options->transports[0] ||
           g_strv_contains(options->transports, mp_way_name(way));
}

static gboolean is_planned(const Planner *planner, const char *id)
{
    for (guint i = 0; i < planner->steps->len; i++)
        if (g_str_equal(((const MpStep *)planner->steps->pdata[i])->id, id))
            return TRUE;
    return FALSE;
}

/* "stun:192.0.2.1:3478", "turn-tls:turn.example:443". */
static char *server_id(const MpServerUri *server, MpWay way)
{
    gboolean is_ipv6 = strchr(server->host, ':') != NULL;
    return g_strdup_printf("%s:%s%s%s:%u", server->is_turn ? mp_way_name(way) : "stun",
                           is_ipv6 ? "[" : "", server->host, is_ipv6 ? "]" : "", server->port);
}

/* Servers are asked side by side, in phase 0. The same server given twice is asked once. A STUN
 * server belongs to the way without a relay. */
static void add_step_of_family(Planner *planner, const MpServerUri *server, MpWay way,
                               MpFamily family)
{
    const char *kind = server->is_turn ? "turn" : "stun";
    g_autofree char *plain_id = server_id(server, way);
    g_autofree char *id = g_strconcat(plain_id, family == MP_FAMILY_IPV6 ? IPV6_SUFFIX : "", NULL);
    if (!is_wanted(planner->options, kind) || !is_way_wanted(planner->options, way) ||
        is_planned(planner, id))
        return;

    MpStep *step = mp_step_new(kind, id);
    step->server = mp_server_uri_copy(server);
    step->way = way;
    step->family = family;
    step->deadline = MIN(server->is_turn ? TURN_DEADLINE : SERVER_DEADLINE,
                         planner->options->budget);
    g_ptr_array_add(planner->steps, step);
}

/* Where this computer has both families, a name is asked over each; which ones it has is found out
 * by the step. A proxy finds the name by itself. */
static void add_server_step(Planner *planner, const MpServerUri *server, MpWay way)
{
    MpAddress literal;
    const gboolean has_both = planner->options->has_both_families && !mp_way_is_proxied(way) &&
                              !mp_address_parse(&literal, server->host, server->port);
    add_step_of_family(planner, server, way, has_both ? MP_FAMILY_IPV4 : MP_FAMILY_NONE);
    if (has_both)
        add_step_of_family(planner, server, way, MP_FAMILY_IPV6);
}

/* A proxy carries TCP only, and only where there is one. */
static gboolean leads_to(const Planner *planner, MpWay way, const MpServerUri *server)
{
    return server->is_turn && mp_way_transport(way) == server->transport &&
           (!mp_way_is_proxied(way) || planner->targets->proxy_url);
}

static void add_turn_steps(Planner *planner, const MpServerUri *server)
{
    for (gsize i = 0; i < G_N_ELEMENTS(relays); i++)
        if (leads_to(planner, relays[i], server))
            add_server_step(planner, server, relays[i]);
    if (leads_to(planner, MP_WAY_TURN_DTLS, server))
        add_server_step(planner, server, MP_WAY_TURN_DTLS);
}

static gboolean add_servers(Planner *planner, gboolean is_turn)
{
    const GPtrArray *servers = planner->targets->servers;
    gboolean has_any = FALSE;
    for (guint i = 0; i < servers->len; i++) {
        const MpServerUri *server = servers->pdata[i];
        if (server->is_turn != is_turn)
            continue;
        if (is_turn)
            add_turn_steps(planner, server);
        else
            add_server_step(planner, server, MP_WAY_UDP);
        has_any = TRUE;
    }
    return has_any;
}

static MpServerUri stun_of(const MpServerUri *turn)
{
    return (MpServerUri){.transport = MP_TRANSPORT_UDP,
                         .host = turn->host,
                         .port = turn->port,
                         .lacks_port = turn->lacks_port,
                         .asks_turn_server = TRUE};
}

/* A TURN server answers Binding requests too, RFC 8656 section 3.1. Only where it is said to serve
 * UDP: silence of a port that nobody promised would be no evidence. */
static void add_stun_of_turn_servers(Planner *planner)
{
    const GPtrArray *servers = planner->targets->servers;
    for (guint i = 0; i < servers->len; i++) {
        const MpServerUri *turn = servers->pdata[i];
        const MpServerUri stun = stun_of(turn);
        if (turn->is_turn && turn->transport == MP_TRANSPORT_UDP)
            add_server_step(planner, &stun, MP_WAY_UDP);
    }
}

/* After the servers, whose round trips sixty handshakes at once would lengthen. Where there is no
 * far end they are asked only by request. */
static void add_web(Planner *planner)
{
    const MpPlanOptions *options = planner->options;
    const gboolean is_asked_for = options->only && g_strv_contains(options->only, "web");
    if (planner->targets->lacks_web || !is_wanted(options, "web") ||
        (planner->steps->len == 0 && !is_asked_for && !planner->targets->responder_url))
        return;
    const guint n_before = planner->steps->len;
    const guint phase = n_before > 0 ? planner->last_phase + 1 : planner->last_phase;
    mp_plan_add_web(planner->steps, planner->profile, options, phase);
    if (planner->steps->len > n_before)
        planner->last_phase = phase;
}

/* RFC 5780 takes a server on UDP: the first STUN server, or what the first TURN server answers of
 * itself. NULL: none. */
static MpServerUri *nat_server(const Planner *planner)
{
    const GPtrArray *servers = planner->targets->servers;
    const MpServerUri *relay = NULL;
    for (guint i = 0; i < servers->len; i++) {
        const MpServerUri *server = servers->pdata[i];
        if (!server->is_turn)
            return mp_server_uri_copy(server);
        if (!relay && server->transport == MP_TRANSPORT_UDP)
            relay = server;
    }
    if (!relay)
        return NULL;
    const MpServerUri stun = stun_of(relay);
    return mp_server_uri_copy(&stun);
}

static MpStep *add_nat_step(Planner *planner, const char *kind, const MpServerUri *server)
{
    g_autofree char *stun_id = server_id(server, MP_WAY_UDP);
    g_autofree char *id = g_strconcat(kind, strchr(stun_id, ':'), NULL);
    MpStep *step = mp_step_new(kind, id);
    step->server = mp_server_uri_copy(server);
    step->family = planner->options->has_both_families ? MP_FAMILY_IPV4 : MP_FAMILY_NONE;
    step->is_beside = TRUE;
    g_ptr_array_add(planner->steps, step);
    return step;
}

/* How the NAT behaves, and how long it keeps an idle flow. Both take long, for what must stay
 * unanswered, and next to no packets, so they go on beside what follows. The search ends with it,
 * unless it was asked for. */
static void add_nat(Planner *planner)
{
    const MpPlanOptions *options = planner->options;
    g_autoptr(MpServerUri) server = nat_server(planner);
    if (!server || !is_wanted(options, "nat") || !is_way_wanted(options, MP_WAY_UDP))
        return;
    add_nat_step(planner, "nat", server)->deadline = MIN(SERVER_DEADLINE, options->budget);
    MpStep *step = add_nat_step(planner, "nat-lifetime", server);
    const MpTime longest = options->nat_lifetime ? options->nat_lifetime : NAT_LIFETIME;
    step->longest_idle = longest;
    step->ends_early = !options->nat_lifetime && !(options->only && options->only[0]);
    step->deadline = MIN(longest + SERVER_DEADLINE, options->budget);
}

/* Alone and before media: neither may take the other's processor. Where nothing is asked of the
 * network it is looked at only by request. */
static void add_computer(Planner *planner)
{
    const MpPlanOptions *options = planner->options;
    const gboolean is_asked_for = options->only && g_strv_contains(options->only, "computer");
    if (!is_wanted(options, "computer") ||
        (planner->steps->len == 0 && !is_asked_for && !planner->targets->responder_url))
        return;
    MpStep *step = mp_step_new("computer", "computer");
    step->is_alone = TRUE;
    step->phase = ++planner->last_phase;
    step->deadline = MIN(COMPUTER_DEADLINE, options->budget);
    g_ptr_array_add(planner->steps, step);
}

/* A few packets, beside the servers. */
static void add_path(Planner *planner)
{
    MpStep *step = is_wanted(planner->options, "path") &&
                           is_way_wanted(planner->options, MP_WAY_UDP)
                       ? mp_plan_path(planner->targets, planner->options)
                       : NULL;
    if (step)
        g_ptr_array_add(planner->steps, step);
}

static void add_ports(Planner *planner)
{
    g_autoptr(GPtrArray)
        ports = mp_plan_ports(planner->targets, planner->options, planner->last_phase + 1);
    planner->last_phase += ports->len;
    while (ports->len > 0)
        g_ptr_array_add(planner->steps, g_ptr_array_steal_index(ports, 0));
}

/* What a call needs of the line each way, of IP packets: what the profile recommends, or its best
 * camera with a voice beside it. */
static guint capacity_need(const Planner *planner)
{
    const MpProfile *profile = planner->profile;
    const GArray *tiers = profile->sessions[MP_SESSION_LIVE_VIDEO].tiers;
    const guint camera = tiers->len > 0 ? g_array_index(tiers, MpTier, 0).rate_kbps : 0;
    const int asked = planner->options->capacity_kbps;
    if (asked != 0)
        return asked > 0 ? (guint)asked : 0;
    return MAX(MAX(profile->recommended_kbps, profile->least_kbps), camera + VOICE_KBPS);
}

/* Media runs alone, after all that was asked of servers. Its ways are set up side by side and take
 * turns at media. */
static void add_media_step(Planner *planner, MpWay way, const MpServerUri *server)
{
    const MpPlanOptions *options = planner->options;
    g_autofree char *id = g_strconcat("media-", mp_way_name(way), NULL);
    MpStep *step = mp_step_new("media", id);
    step->way = way;
    step->is_alone = TRUE;
    step->phase = planner->last_phase;
    step->media_time = way == MP_WAY_UDP ? options->media_time
                                         : MIN(RELAY_MEDIA_TIME, options->media_time);
    step->capacity_kbps = capacity_need(planner);
    step->codec = g_strdup(options->codec ? options->codec : "vp8");
    mp_plan_sessions(step, planner->profile, options->sessions);
    if (server) {
        step->server = mp_server_uri_copy(server);
        step->requires_id = server_id(server, way);
        step->or_requires_id = g_strconcat(step->requires_id, IPV6_SUFFIX, NULL);
    }
    g_ptr_array_add(planner->steps, step);
}

static const MpServerUri *first_relay(const Planner *planner, MpWay way)
{
    const GPtrArray *servers = planner->targets->servers;
    for (guint i = 0; i < servers->len; i++)
        if (leads_to(planner, way, servers->pdata[i]))
            return servers->pdata[i];
    return NULL;
}

/* A way may have to wait for all the others, and the first that works is measured in full. A
 * quarter more for handing the record over: it grows with the media. */
static void limit_media(Planner *planner, guint first)
{
    MpTime media = planner->options->media_time;
    for (guint i = first + 1; i < planner->steps->len; i++)
        media += WAY_MEDIA;
    const MpStep *any = planner->steps->len > first ? planner->steps->pdata[first] : NULL;
    if (any)
        media += any->sessions->len * (planner->options->media_time + SESSION_CHANGE);
    const gboolean has_capacity = planner->steps->len > first && capacity_need(planner) > 0;
    for (guint i = first; i < planner->steps->len; i++) {
        MpStep *step = planner->steps->pdata[i];
        step->deadline = MIN(MEDIA_SETUP + media * 5 / 4 + (has_capacity ? CAPACITY_TIME : 0),
                             planner->options->budget);
    }
}

static void add_media(Planner *planner)
{
    if (!planner->targets->responder_url || !is_wanted(planner->options, "media"))
        return;

    const guint n_before = planner->steps->len;
    planner->last_phase++;
    if (is_way_wanted(planner->options, MP_WAY_UDP))
        add_media_step(planner, MP_WAY_UDP, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(relays); i++) {
        const MpServerUri *server = first_relay(planner, relays[i]);
        /* Media takes addresses and credentials that the turn step has proven, or does not run. */
        g_autofree char *required = server ? server_id(server, relays[i]) : NULL;
        if (required && is_planned(planner, required))
            add_media_step(planner, relays[i], server);
    }
    limit_media(planner, n_before);
}

GPtrArray *mp_plan_make(const MpTargets *targets, const MpProfile *profile,
                        const MpPlanOptions *options)
{
    Planner planner = {.targets = targets, .profile = profile, .options = options};
    planner.steps = g_ptr_array_new_with_free_func((GDestroyNotify)mp_step_free);
    if (!add_servers(&planner, FALSE))
        add_stun_of_turn_servers(&planner);
    add_servers(&planner, TRUE);
    add_path(&planner);
    add_nat(&planner);
    add_web(&planner);
    add_computer(&planner);
    planner.last_phase = mp_plan_add_port_sample(planner.steps, targets, profile, options);
    add_ports(&planner);
    add_media(&planner);
    return planner.steps;
}
