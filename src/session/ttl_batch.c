/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking ports at the hops behind the edge, each hop as fast as it answers.
 */
#include <string.h>

#include "session/ttl_state.h"

/* A batch is worth its control from so many answers on. */
#define LEAST_TOKENS 4.0
#define LEAST_WAIT MP_MSEC(300)
#define MOST_WAIT MP_MSEC(1500)
#define GUARD MP_MSEC(200)
/* After the control's answer, for those that were sent before it. */
#define STRAGGLERS MP_MSEC(60)
/* A hop is asked so often about a blocked port before its silence counts. */
#define LOCATE_TRIES 2
/* Until the end runs are in pieces that may yet join: not every one is worth looking for. */
#define MOST_EARLY 8
/* Kept back at the end, to find where blocks are. */
#define LOCATE_RESERVE MP_SEC(5)

static MpTime wait_for(const MpTtlHop *hop)
{
    if (hop->round_trip == MP_NEVER)
        return MOST_WAIT;
    return CLAMP(4 * hop->round_trip + GUARD, LEAST_WAIT, MOST_WAIT);
}

/* -- where a blocked port is kept -------------------------------------------------------------- */

static void begin_locating(MpTtlWalk *walk, guint16 port)
{
    walk->locating = port;
    for (guint ttl = 1; ttl < walk->ports->silent_ttl[port]; ttl++)
        walk->locate_left[ttl] = walk->facts.hops[ttl].address.family != MP_FAMILY_NONE
                                     ? LOCATE_TRIES
                                     : 0;
}

/* What was seen beyond the hop that keeps a port back says more than what was seen before it. */
static void finish_locating(MpTtlWalk *walk)
{
    memset(walk->locate_left, 0, sizeof walk->locate_left);
    const guint passed = walk->ports->passed[walk->locating];
    walk->is_located[walk->locating] = TRUE;
    walk->n_located++;
    walk->locating = 0;
    if (passed >= walk->ports->floor && passed < walk->facts.deepest)
        walk->facts.floor = walk->ports->floor = passed + 1;
}

/* Beyond a hop that was silent about it there is nothing to look for. */
static gboolean is_locating_anywhere(const MpTtlWalk *walk)
{
    for (guint ttl = 1; ttl < walk->ports->silent_ttl[walk->locating]; ttl++)
        if (walk->locate_left[ttl] > 0 ||
            (walk->batches[ttl].is_busy && walk->batches[ttl].is_locating))
            return TRUE;
    return FALSE;
}

static guint16 asked_at(const MpTtlWalk *walk, guint index)
{
    return g_array_index(walk->ports->asked, guint16, index);
}

static gboolean is_silent_at(const MpTtlWalk *walk, guint index)
{
    return mp_ttl_ports_verdict(walk->ports, asked_at(walk, index)) == MP_TTL_PORT_SILENT;
}

/* Of the ports of a run, the one that is known to be silent nearest; -1: one has been located. */
static gint best_to_locate(const MpTtlWalk *walk, guint from, guint to)
{
    guint best = from;
    for (guint i = from; i < to; i++) {
        if (walk->is_located[asked_at(walk, i)])
            return -1;
        if (walk->ports->silent_ttl[asked_at(walk, i)] <
            walk->ports->silent_ttl[asked_at(walk, best)])
            best = i;
    }
    return (gint)best;
}

/* A port of a silent run none of which has been located; 0: there is none. */
static guint16 next_to_locate(const MpTtlWalk *walk, guint most_ttl)
{
    const guint n = walk->ports->asked->len;
    for (guint from = 0; from < n; from++) {
        if (!is_silent_at(walk, from))
            continue;
        guint to = from;
        while (to < n && is_silent_at(walk, to))
            to++;
        const gint best = best_to_locate(walk, from, to);
        if (best >= 0 && walk->ports->silent_ttl[asked_at(walk, (guint)best)] <= most_ttl)
            return asked_at(walk, (guint)best);
        from = to;
    }
    return 0;
}

/* The first one tells from where on answers count. Others cost the hops that map nothing while they
 * are silent right behind the edge; the rest wait for the end. */
static guint most_ttl_to_locate(const MpTtlWalk *walk, gboolean is_last)
{
    if (walk->n_located == 0 || is_last)
        return MP_TTL_MOST;
    return mp_ttl_ports_has_grid(walk->ports) && walk->n_located < MOST_EARLY ? walk->ports->floor
                                                                              : 0;
}

static void look_for_blocks(MpTtlWalk *walk, gboolean is_last)
{
    if (walk->locating && !is_locating_anywhere(walk))
        finish_locating(walk);
    if (walk->locating)
        return;
    const guint16 port = next_to_locate(walk, most_ttl_to_locate(walk, is_last));
    if (port > 0)
        begin_locating(walk, port);
}

/* -- batches ----------------------------------------------------------------------------------- */

/* Where everything is answered, a control would be an answer wasted; what is silent then is asked
 * again with one. */
static void send_batch(MpTtlWalk *walk, guint ttl, MpTime now)
{
    MpTtlBatch *batch = &walk->batches[ttl];
    batch->has_control = walk->facts.control && (batch->is_locating || !walk->is_plain[ttl]);
    for (guint i = 0; i < batch->n; i++)
        mp_ttl_walk_send(walk, ttl, batch->ports[i], FALSE);
    if (batch->has_control)
        mp_ttl_walk_send(walk, ttl, walk->facts.control, walk->facts.control_is_tcp);
    batch->is_busy = TRUE;
    batch->sent = now;
    batch->deadline = now + wait_for(&walk->facts.hops[ttl]);
}

/* The last hop proves most; the others help where it has few answers to give. */
static gboolean is_needed(const MpTtlWalk *walk, guint ttl)
{
    return ttl == walk->facts.deepest || walk->facts.control == 0 ||
           walk->lanes[walk->facts.deepest].is_limited;
}

static gboolean is_mapped_at(const MpTtlWalk *walk, guint ttl, MpTime now)
{
    const guint last = MAX(walk->facts.deepest, walk->ports->floor);
    return ttl >= walk->ports->floor && ttl <= last && is_needed(walk, ttl) &&
           now < walk->until - LOCATE_RESERVE &&
           (walk->facts.control == 0 || walk->facts.hops[ttl].address.family != MP_FAMILY_NONE);
}

static void fill(MpTtlWalk *walk, guint ttl, MpTime now)
{
    MpTtlBatch *batch = &walk->batches[ttl];
    const double tokens = mp_ttl_lane_tokens(&walk->lanes[ttl], now);
    *batch = (MpTtlBatch){.series = (batch->series + 1) % MP_TTL_TURNS};
    if (walk->locate_left[ttl] > 0 && tokens >= 2) {
        walk->locate_left[ttl]--;
        batch->is_locating = TRUE;
        batch->ports[batch->n++] = walk->locating;
        send_batch(walk, ttl, now);
        return;
    }
    if (!is_mapped_at(walk, ttl, now) || tokens < LEAST_TOKENS)
        return;
    double budget = tokens - !walk->is_plain[ttl]; /* the control's */
    while (batch->n < MP_TTL_BATCH &&
           mp_ttl_ports_next(walk->ports, ttl, &batch->ports[batch->n], &budget))
        batch->n++;
    if (batch->n > 0)
        send_batch(walk, ttl, now);
}

static guint count_answers(const MpTtlBatch *batch)
{
    guint count = batch->is_control_answered;
    for (guint i = 0; i < batch->n; i++)
        count += batch->is_answered[i];
    return count;
}

static void end_locating_at(MpTtlWalk *walk, guint ttl)
{
    const MpTtlBatch *batch = &walk->batches[ttl];
    const guint16 port = batch->ports[0];
    if (batch->is_answered[0])
        walk->locate_left[ttl] = 0;
    else if (batch->is_control_answered && walk->locate_left[ttl] == 0)
        walk->ports->silent_ttl[port] = (guint8)MIN(walk->ports->silent_ttl[port], ttl);
}

static gboolean is_all_answered(const MpTtlBatch *batch)
{
    return count_answers(batch) == batch->n + batch->has_control;
}

static void judge_lane(MpTtlWalk *walk, guint ttl, MpTime now)
{
    const MpTtlBatch *batch = &walk->batches[ttl];
    mp_ttl_lane_spend(&walk->lanes[ttl], count_answers(batch));
    if (batch->is_control_answered || is_all_answered(batch))
        mp_ttl_lane_praise(&walk->lanes[ttl]);
    else if (batch->has_control)
        mp_ttl_lane_blame(&walk->lanes[ttl], now);
}

static void end_batch(MpTtlWalk *walk, guint ttl, MpTime now)
{
    MpTtlBatch *batch = &walk->batches[ttl];
    judge_lane(walk, ttl, now);
    batch->is_busy = FALSE;
    if (batch->is_locating) {
        end_locating_at(walk, ttl);
        return;
    }
    walk->is_plain[ttl] = is_all_answered(batch);
    gboolean is_answered_later = batch->is_control_answered;
    for (guint i = batch->n; i > 0; i--) {
        const gboolean is_silent = is_answered_later && !batch->is_answered[i - 1];
        mp_ttl_ports_end(walk->ports, batch->ports[i - 1], ttl, walk->facts.control && is_silent);
        is_answered_later |= batch->is_answered[i - 1];
    }
}

void mp_ttl_batch_note(MpTtlWalk *walk, const MpTtlAnswer *answer, MpTime now)
{
    const guint16 port = answer->to.port;
    MpTtlBatch *batch = &walk->batches[answer->ttl];
    if (!batch->is_busy || answer->series != batch->series)
        return;
    for (guint i = 0; i < batch->n; i++)
        batch->is_answered[i] |= batch->ports[i] == port && !answer->is_tcp;
    const gboolean is_control = batch->has_control && port == walk->facts.control &&
                                answer->is_tcp == walk->facts.control_is_tcp;
    batch->is_control_answered |= is_control;
    if (is_all_answered(batch))
        batch->deadline = now;
    else if (is_control)
        batch->deadline = MIN(batch->deadline, now + MAX(STRAGGLERS, now - batch->sent));
}

static gboolean is_any_busy(const MpTtlWalk *walk)
{
    for (guint ttl = 1; ttl <= MP_TTL_MOST; ttl++)
        if (walk->batches[ttl].is_busy)
            return TRUE;
    return FALSE;
}

/* Where a block is found may ask for more, so that is looked at first. */
static gboolean is_finished(MpTtlWalk *walk, MpTime now)
{
    const gboolean is_late = now >= walk->until - LOCATE_RESERVE;
    look_for_blocks(walk, is_late || mp_ttl_ports_is_done(walk->ports));
    const gboolean is_mapped = mp_ttl_ports_is_done(walk->ports);
    walk->facts.is_cut_short = !is_mapped;
    return now >= walk->until || ((is_late || is_mapped) && !walk->locating && !is_any_busy(walk));
}

void mp_ttl_batch_advance_all(MpTtlWalk *walk, MpTime now)
{
    for (guint ttl = 1; ttl <= MP_TTL_MOST; ttl++)
        if (walk->batches[ttl].is_busy && now >= walk->batches[ttl].deadline)
            end_batch(walk, ttl, now);
    if (is_finished(walk, now)) {
        mp_ttl_ports_drop_undecided(walk->ports);
        walk->stage = MP_TTL_OVER;
        return;
    }
    for (guint ttl = 1; ttl <= MP_TTL_MOST; ttl++)
        if (!walk->batches[ttl].is_busy)
            fill(walk, ttl, now);
}

MpTime mp_ttl_batch_deadline(MpTtlWalk *walk, MpTime now)
{
    MpTime next = walk->until;
    for (guint ttl = 1; ttl <= MP_TTL_MOST; ttl++) {
        const gboolean is_wanted = walk->locate_left[ttl] > 0 || is_mapped_at(walk, ttl, now);
        const double tokens = walk->locate_left[ttl] > 0 ? 2 : LEAST_TOKENS;
        const MpTime when = mp_ttl_lane_when(&walk->lanes[ttl], tokens, now);
        if (walk->batches[ttl].is_busy)
            next = MIN(next, walk->batches[ttl].deadline);
        else if (is_wanted && when > now)
            next = MIN(next, when);
    }
    return now < walk->until - LOCATE_RESERVE ? MIN(next, walk->until - LOCATE_RESERVE) : next;
}
