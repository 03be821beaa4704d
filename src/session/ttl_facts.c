/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a TTL walk has found: verdicts, and which hop keeps which ports.
 */
#include "session/ttl_state.h"

static guint16 asked_at(const MpTtlWalk *walk, guint index)
{
    return g_array_index(walk->ports->asked, guint16, index);
}

static MpTtlVerdict verdict_at(const MpTtlWalk *walk, guint index)
{
    return mp_ttl_ports_verdict(walk->ports, asked_at(walk, index));
}

static gboolean is_blocked(MpTtlVerdict verdict)
{
    return verdict == MP_TTL_PORT_SILENT || verdict == MP_TTL_PORT_REFUSED;
}

/* A refusal names its hop; silence is followed back from the port that was located. */
static void add_port(const MpTtlWalk *walk, MpTtlBlock *block, guint16 port)
{
    const MpTtlPorts *ports = walk->ports;
    block->last = port;
    if (ports->refused[port]) {
        block->verdict = MP_TTL_PORT_REFUSED;
        block->last_passed = ports->refused[port] - 1U;
        block->is_located = TRUE;
    } else if (walk->is_located[port] && block->verdict != MP_TTL_PORT_REFUSED) {
        block->last_passed = ports->passed[port];
        block->is_located = TRUE;
    }
}

static void find_blocks(MpTtlWalk *walk)
{
    g_array_set_size(walk->facts.blocks, 0);
    for (guint i = 0; i < walk->ports->asked->len; i++) {
        if (!is_blocked(verdict_at(walk, i)))
            continue;
        MpTtlBlock block = {.first = asked_at(walk, i), .verdict = MP_TTL_PORT_SILENT};
        for (; i < walk->ports->asked->len && is_blocked(verdict_at(walk, i)); i++)
            add_port(walk, &block, asked_at(walk, i));
        g_array_append_val(walk->facts.blocks, block);
    }
}

const MpTtlFacts *mp_ttl_walk_facts(MpTtlWalk *walk)
{
    walk->facts.n_asked = 0;
    walk->facts.widest_gap = 0;
    for (guint i = 0; i < walk->ports->asked->len; i++) {
        walk->facts.n_asked += verdict_at(walk, i) != MP_TTL_PORT_UNKNOWN;
        if (i + 1 < walk->ports->asked->len)
            walk->facts.widest_gap = MAX(walk->facts.widest_gap, mp_ttl_ports_gap(walk->ports, i));
    }
    for (guint ttl = 1; ttl <= MP_TTL_MOST; ttl++)
        walk->facts.hops[ttl].is_limited = walk->lanes[ttl].is_limited;
    find_blocks(walk);
    return &walk->facts;
}

MpTtlVerdict mp_ttl_walk_asked(const MpTtlWalk *walk, guint16 port)
{
    const MpTtlPorts *ports = walk->ports;
    return port >= ports->first && port <= ports->last ? mp_ttl_ports_verdict(ports, port)
                                                       : MP_TTL_PORT_UNKNOWN;
}

MpTtlVerdict mp_ttl_walk_verdict(const MpTtlWalk *walk, guint16 port)
{
    guint above = 0;
    const guint n = walk->ports->asked->len;
    while (above < n && asked_at(walk, above) < port)
        above++;
    if (above < n && asked_at(walk, above) == port)
        return verdict_at(walk, above);
    if (above == 0 || above == n)
        return MP_TTL_PORT_UNKNOWN;
    const guint gap = mp_ttl_ports_gap(walk->ports, above - 1);
    return gap > 0 && gap <= mp_ttl_ports_grid(walk->ports) ? verdict_at(walk, above - 1)
                                                            : MP_TTL_PORT_UNKNOWN;
}
