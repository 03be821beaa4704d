/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hops of a TTL walk: how far a few ports come, until one is answered from beyond the edge.
 */
#include "session/ttl_state.h"

#define STEP_TTLS 4
#define N_STEPS (MP_TTL_MOST / STEP_TTLS)
#define ROUND_PORTS 3
/* For an answer of a hop that is not known yet. */
#define STEP_WAIT MP_MSEC(900)

/* What firewalls let out most often, then spread over the space: TURN, QUIC, dynamic ports; DNS,
 * NTP, traceroute; SIP, Google's and Zoom's media; the rest by quarters. */
static const guint16 ports[][ROUND_PORTS] = {
    {3478, 443, 50000},    {53, 123, 33434},      {5060, 19302, 8801},
    {10000, 20000, 60000}, {30000, 40000, 16384},
};

/* The web is what is let out where no UDP is. */
static const guint16 tcp_ports[MP_TTL_TCP_PORTS] = {443, 80};

static void send_to_hop(MpTtlWalk *walk, guint ttl)
{
    if (walk->trace.is_tcp)
        for (guint i = 0; i < MP_TTL_TCP_PORTS; i++)
            mp_ttl_walk_send(walk, ttl, tcp_ports[i], TRUE);
    else
        for (guint i = 0; i < ROUND_PORTS; i++)
            mp_ttl_walk_send(walk, ttl, ports[walk->trace.round][i], FALSE);
}

static void send_step(MpTtlWalk *walk, MpTime now)
{
    const guint first = walk->trace.step * STEP_TTLS + 1;
    for (guint ttl = first; ttl < first + STEP_TTLS; ttl++)
        send_to_hop(walk, ttl);
    walk->trace.sent = now;
    walk->trace.deadline = now + STEP_WAIT;
}

static void begin_round(MpTtlWalk *walk, MpTime now)
{
    walk->trace.step = 0;
    walk->trace.end = 0;
    for (guint ttl = 1; ttl <= MP_TTL_MOST; ttl++)
        walk->batches[ttl].series = (walk->batches[ttl].series + 1) % MP_TTL_TURNS;
    walk->facts.target = walk->targets[walk->trace.round % walk->n_targets];
    send_step(walk, now);
}

void mp_ttl_trace_begin(MpTtlWalk *walk, MpTime now)
{
    walk->stage = MP_TTL_TRACING;
    begin_round(walk, now);
}

/* -- what it found ----------------------------------------------------------------------------- */

static gboolean has_answered(const MpTtlWalk *walk, guint ttl)
{
    return walk->facts.hops[ttl].address.family != MP_FAMILY_NONE;
}

static guint deepest_hop(const MpTtlWalk *walk)
{
    guint deepest = MP_TTL_MOST;
    while (deepest > 0 && !has_answered(walk, deepest))
        deepest--;
    return walk->trace.end > 0 ? MIN(deepest, walk->trace.end) : deepest;
}

/* Beyond what the customer, or a carrier's NAT, numbers for itself. */
static guint first_public_hop(const MpTtlWalk *walk, guint deepest)
{
    for (guint ttl = 2; ttl <= deepest; ttl++)
        if (has_answered(walk, ttl) && !mp_address_is_private(&walk->facts.hops[ttl].address))
            return ttl;
    return 0;
}

/* Where other ports come farther, the hop refused this one; where none does, the way ends there. */
static void judge_finals(MpTtlWalk *walk, guint deepest)
{
    for (guint i = 0; i < walk->trace.finals->len; i++) {
        const MpTtlFinal *final = &g_array_index(walk->trace.finals, MpTtlFinal, i);
        if (final->ttl < deepest)
            mp_ttl_ports_refuse(walk->ports, final->port, final->ttl);
        else
            mp_ttl_ports_pass(walk->ports, final->port, final->ttl);
    }
}

/* The one that came farthest; all of them are part of the map. */
static guint16 find_udp_control(MpTtlWalk *walk)
{
    guint16 best = 0;
    for (guint round = 0; round <= walk->trace.round; round++)
        for (guint i = 0; i < ROUND_PORTS; i++) {
            const guint16 port = ports[round][i];
            mp_ttl_ports_add(walk->ports, port);
            if (walk->ports->passed[port] > walk->ports->passed[best])
                best = port;
        }
    return best;
}

void mp_ttl_trace_pass_tcp(MpTtlWalk *walk, guint16 port, guint ttl)
{
    for (guint i = 0; i < MP_TTL_TCP_PORTS; i++)
        if (tcp_ports[i] == port)
            walk->trace.tcp_passed[i] = (guint8)MAX(walk->trace.tcp_passed[i], ttl);
}

/* One of UDP says more, since it meets the same rules; but where none gets out, it takes TCP to
 * tell a block from routers that say nothing. */
static void find_control(MpTtlWalk *walk)
{
    const guint16 udp = find_udp_control(walk);
    const gboolean is_second = walk->trace.tcp_passed[1] > walk->trace.tcp_passed[0];
    walk->facts.control_is_tcp = walk->trace.tcp_passed[is_second] > walk->ports->passed[udp];
    walk->facts.control = walk->facts.control_is_tcp ? tcp_ports[is_second] : udp;
}

static void begin_mapping(MpTtlWalk *walk, guint floor_ttl, guint deepest)
{
    walk->facts.floor = walk->ports->floor = floor_ttl;
    walk->facts.deepest = deepest;
    find_control(walk);
    walk->stage = MP_TTL_MAPPING;
}

/* A hop that says no to every port: what it says needs no control. */
static guint refusing_hop(const MpTtlWalk *walk)
{
    for (guint round = 0; round <= walk->trace.round; round++)
        for (guint i = 0; i < ROUND_PORTS; i++)
            if (walk->ports->refused[ports[round][i]])
                return walk->ports->refused[ports[round][i]] - 1U;
    return 0;
}

/* No hop beyond private addresses answered for any port. */
static void end_without_edge(MpTtlWalk *walk, guint deepest)
{
    const guint refuser = refusing_hop(walk);
    walk->facts.deepest = deepest;
    if (refuser > 0 && refuser < MP_TTL_MOST) {
        begin_mapping(walk, refuser + 1, refuser + 1);
        walk->facts.deepest = deepest;
        walk->facts.control = 0;
    } else if (deepest >= 2) {
        begin_mapping(walk, deepest, deepest);
    } else {
        walk->stage = MP_TTL_OVER;
    }
}

static void finish_round(MpTtlWalk *walk, MpTime now)
{
    const guint deepest = deepest_hop(walk);
    const guint edge = first_public_hop(walk, deepest);
    if (edge > 0) {
        judge_finals(walk, deepest);
        walk->facts.is_public = TRUE;
        begin_mapping(walk, edge, deepest);
    } else if (walk->trace.round + 1 < G_N_ELEMENTS(ports)) {
        walk->trace.round++;
        begin_round(walk, now);
    } else if (!walk->trace.is_tcp) {
        walk->trace.is_tcp = TRUE;
        begin_round(walk, now);
    } else {
        judge_finals(walk, deepest);
        end_without_edge(walk, deepest);
    }
}

/* Farther where the last hops of this step answered and none of them was the target. */
void mp_ttl_trace_advance(MpTtlWalk *walk, MpTime now)
{
    if (now < walk->trace.deadline)
        return;
    const guint last = (walk->trace.step + 1) * STEP_TTLS;
    const gboolean goes_on = walk->trace.end == 0 && walk->trace.step + 1 < N_STEPS &&
                             (has_answered(walk, last) || has_answered(walk, last - 1));
    if (!goes_on) {
        finish_round(walk, now);
        return;
    }
    walk->trace.step++;
    send_step(walk, now);
}
