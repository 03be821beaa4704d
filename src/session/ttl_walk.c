/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TTL walk as a whole.
 */
#include "session/ttl_state.h"

MpTtlWalk *mp_ttl_walk_new(const MpTtlPlan *plan, MpTime now)
{
    g_return_val_if_fail(plan->n_targets > 0 && plan->first <= plan->last, NULL);
    MpTtlWalk *walk = g_new0(MpTtlWalk, 1);
    walk->targets = g_memdup2(plan->targets, plan->n_targets * sizeof *plan->targets);
    walk->n_targets = plan->n_targets;
    walk->until = plan->until;
    walk->ports = mp_ttl_ports_new(plan->first, plan->last);
    walk->outbox = g_array_new(FALSE, FALSE, sizeof(MpTtlProbe));
    walk->trace.finals = g_array_new(FALSE, FALSE, sizeof(MpTtlFinal));
    walk->facts.blocks = g_array_new(FALSE, FALSE, sizeof(MpTtlBlock));
    for (guint ttl = 0; ttl <= MP_TTL_MOST; ttl++) {
        walk->lanes[ttl] = mp_ttl_lane_init(now);
        walk->facts.hops[ttl].round_trip = MP_NEVER;
    }
    mp_ttl_trace_begin(walk, now);
    return walk;
}

void mp_ttl_walk_free(MpTtlWalk *walk)
{
    if (!walk)
        return;
    g_free(walk->targets);
    mp_ttl_ports_free(walk->ports);
    g_array_unref(walk->outbox);
    g_array_unref(walk->trace.finals);
    g_array_unref(walk->facts.blocks);
    g_free(walk);
}

/* -- what is sent ------------------------------------------------------------------------------ */

void mp_ttl_walk_send(MpTtlWalk *walk, guint ttl, guint16 port, gboolean is_tcp)
{
    MpTtlProbe probe = {.ttl = ttl,
                        .series = walk->batches[ttl].series,
                        .to = walk->facts.target,
                        .is_tcp = is_tcp};
    probe.to.port = port;
    walk->facts.hops[ttl].asked++;
    walk->facts.sent++;
    g_array_append_val(walk->outbox, probe);
}

gboolean mp_ttl_walk_advance(MpTtlWalk *walk, MpTime now, MpTtlProbe *probe)
{
    if (walk->outbox_sent == walk->outbox->len) {
        g_array_set_size(walk->outbox, 0);
        walk->outbox_sent = 0;
        if (walk->stage == MP_TTL_TRACING && now >= walk->until)
            walk->stage = MP_TTL_OVER;
        if (walk->stage == MP_TTL_TRACING)
            mp_ttl_trace_advance(walk, now);
        if (walk->stage == MP_TTL_MAPPING)
            mp_ttl_batch_advance_all(walk, now);
    }
    if (walk->outbox_sent == walk->outbox->len) {
        walk->next = mp_ttl_batch_deadline(walk, now);
        return FALSE;
    }
    *probe = g_array_index(walk->outbox, MpTtlProbe, walk->outbox_sent++);
    return TRUE;
}

MpTime mp_ttl_walk_deadline(const MpTtlWalk *walk)
{
    if (walk->stage == MP_TTL_OVER)
        return MP_NEVER;
    return walk->stage == MP_TTL_TRACING ? MIN(walk->trace.deadline, walk->until) : walk->next;
}

/* -- what comes back --------------------------------------------------------------------------- */

/* A router that refuses is nearer than the datagram's TTL reaches: where it was seen before. */
static guint position_of(const MpTtlWalk *walk, const MpTtlAnswer *answer)
{
    if (answer->from.family == MP_FAMILY_NONE)
        return 0;
    if (answer->kind == MP_TTL_EXCEEDED)
        return answer->ttl;
    for (guint ttl = 1; ttl < answer->ttl; ttl++)
        if (mp_address_equal_ip(&walk->facts.hops[ttl].address, &answer->from))
            return ttl;
    return answer->ttl;
}

static void note_hop(MpTtlWalk *walk, guint ttl, const MpTtlAnswer *answer, MpTime now)
{
    MpTtlHop *hop = &walk->facts.hops[ttl];
    const MpTime sent = walk->stage == MP_TTL_TRACING ? walk->trace.sent
                                                      : walk->batches[answer->ttl].sent;
    if (hop->address.family == MP_FAMILY_NONE)
        hop->address = answer->from;
    const gboolean is_timely = answer->series == walk->batches[answer->ttl].series && sent > 0;
    if (mp_address_equal_ip(&hop->address, &answer->from) && is_timely && now >= sent)
        hop->round_trip = MIN(hop->round_trip, now - sent);
    walk->facts.hops[answer->ttl].answered++;
}

static void take_unreachable(MpTtlWalk *walk, guint16 port, guint ttl)
{
    const MpTtlFinal final = {port, ttl};
    if (walk->stage == MP_TTL_TRACING)
        g_array_append_val(walk->trace.finals, final);
    else if (ttl < walk->facts.deepest)
        mp_ttl_ports_refuse(walk->ports, port, ttl);
    else
        mp_ttl_ports_pass(walk->ports, port, ttl);
}

static gboolean is_target(const MpTtlWalk *walk, const MpTtlAnswer *answer)
{
    return mp_address_equal_ip(&answer->from, &walk->facts.target);
}

/* FALSE: it says nothing about how far TCP comes. */
static gboolean take_tcp(MpTtlWalk *walk, const MpTtlAnswer *answer, guint ttl)
{
    if (answer->kind == MP_TTL_ANSWERED)
        walk->trace.end = walk->trace.end ? MIN(walk->trace.end, ttl) : ttl;
    else if (answer->kind != MP_TTL_EXCEEDED)
        return FALSE;
    mp_ttl_trace_pass_tcp(walk, answer->to.port, ttl);
    return TRUE;
}

static void take_verdict(MpTtlWalk *walk, const MpTtlAnswer *answer, guint ttl)
{
    const guint16 port = answer->to.port;
    if (answer->kind == MP_TTL_PROHIBITED) {
        mp_ttl_ports_refuse(walk->ports, port, ttl);
    } else if (answer->kind == MP_TTL_EXCEEDED) {
        mp_ttl_ports_pass(walk->ports, port, ttl);
    } else if (answer->kind == MP_TTL_ANSWERED || is_target(walk, answer)) {
        walk->trace.end = walk->trace.end ? MIN(walk->trace.end, ttl) : ttl;
        mp_ttl_ports_pass(walk->ports, port, ttl);
    } else {
        take_unreachable(walk, port, ttl);
    }
}

void mp_ttl_walk_take(MpTtlWalk *walk, const MpTtlAnswer *answer, MpTime now)
{
    if (walk->stage == MP_TTL_OVER || answer->ttl == 0 || answer->ttl > MP_TTL_MOST ||
        !mp_address_equal_ip(&answer->to, &walk->facts.target))
        return;
    const guint ttl = position_of(walk, answer);
    if (answer->is_tcp && !take_tcp(walk, answer, ttl))
        return;
    if (!answer->is_tcp)
        take_verdict(walk, answer, ttl);
    if (ttl > 0)
        note_hop(walk, ttl, answer, now);
    if (walk->stage == MP_TTL_MAPPING) {
        mp_ttl_batch_note(walk, answer, now);
        walk->next = mp_ttl_batch_deadline(walk, now);
    }
}
