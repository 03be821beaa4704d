/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of an address range leave this network.
 */
#include "session/prefix_walk.h"

#include <string.h>

#include "session/ttl_lane.h"

#define BATCH 12
/* A batch with a control is worth it from so many answers on, where they are few. */
#define FULL_BUCKET 6.0
#define LEAST_WAIT MP_MSEC(300)
#define GUARD MP_MSEC(200)
/* After the last one's answer, for those that were sent before it. */
#define STRAGGLERS MP_MSEC(60)
/* Once may be a loss, and a hop may have got its next answer between the question and a later one.
 */
#define SILENCES 3
/* That is likely where this computer was too busy to send a batch at once: then silence says
 * nothing.
 */
#define LONGEST_SPAN MP_MSEC(20)
/* One that stays without evidence is left alone after so many batches. */
#define MOST_TRIES 8
/* What a question costs in answers: one about a part that is likely blocked hardly any. */
#define COST_OPEN 1.0
#define COST_SUSPECT 0.15

typedef struct {
    MpAddress address;
    MpPrefixVerdict verdict;
    guint silences;      /* at the first hop behind the edge */
    gboolean is_suspect; /* silent somewhere, while a later question was answered */
    guint tries;
    gboolean is_asked; /* in a batch now */
} Part;

/* Questions to one hop, sent together: where a later one is answered, the hop had an answer left
 * for each before it. The last is the control, unless the batch before was answered as a whole. */
typedef struct {
    guint8 ttl;
    MpTtlLane lane;
    guint series;
    guint parts[BATCH];
    gboolean is_answered[BATCH];
    guint n;
    guint n_out; /* of them and the control, handed out */
    gboolean has_control;
    gboolean is_control_answered;
    gboolean is_plain; /* all of the last batch was answered */
    MpTime began;      /* the first of them was handed out */
    MpTime span;       /* and the last one so much later */
    MpTime deadline;   /* 0: no batch is under way */
} Hop;

struct _MpPrefixWalk {
    Part *parts;
    guint n_parts;
    MpAddress control;
    Hop hops[MP_TTL_MOST];
    guint n_hops;
    MpAddress inside[MP_TTL_MOST];
    guint n_inside;
    MpTime wait;
    MpTime until;
    guint64 sent;
};

static Hop make_hop(const MpPrefixPlan *plan, guint index, MpTime now)
{
    Hop hop = {.ttl = plan->hops[index], .lane = mp_ttl_lane_init(now)};
    if (plan->is_limited[index])
        mp_ttl_lane_blame(&hop.lane, now);
    return hop;
}

MpPrefixWalk *mp_prefix_walk_new(const MpPrefixPlan *plan, MpTime now)
{
    g_return_val_if_fail(plan->n_hops > 0 && plan->n_hops <= MP_TTL_MOST, NULL);
    MpPrefixWalk *walk = g_new0(MpPrefixWalk, 1);
    walk->parts = g_new0(Part, plan->n_addresses);
    walk->n_parts = plan->n_addresses;
    walk->control = plan->control;
    walk->n_hops = plan->n_hops;
    memcpy(walk->inside, plan->inside, sizeof walk->inside);
    walk->n_inside = plan->n_inside;
    walk->wait = MAX(4 * plan->round_trip + GUARD, LEAST_WAIT);
    walk->until = plan->until;
    for (guint i = 0; i < plan->n_addresses; i++)
        walk->parts[i].address = plan->addresses[i];
    for (guint i = 0; i < plan->n_hops; i++)
        walk->hops[i] = make_hop(plan, i, now);
    return walk;
}

void mp_prefix_walk_free(MpPrefixWalk *walk)
{
    if (!walk)
        return;
    g_free(walk->parts);
    g_free(walk);
}

static gboolean is_open(const Part *part)
{
    return part->verdict == MP_PREFIX_UNKNOWN && part->tries < MOST_TRIES;
}

static gboolean is_first(const MpPrefixWalk *walk, const Hop *hop)
{
    return hop == walk->hops;
}

/* Silence of a farther hop may be due to another way there, so suspects are for the first one. */
static gboolean can_ask(const MpPrefixWalk *walk, const Hop *hop, const Part *part)
{
    return is_open(part) && !part->is_asked && (is_first(walk, hop) || !part->is_suspect);
}

static guint count_askable(const MpPrefixWalk *walk, const Hop *hop)
{
    guint count = 0;
    for (guint i = 0; i < walk->n_parts; i++)
        count += can_ask(walk, hop, &walk->parts[i]);
    return count;
}

/* A limited hop that needs a control saves its answers for a batch. */
static double least_tokens(const MpPrefixWalk *walk, const Hop *hop)
{
    if (hop->is_plain)
        return COST_OPEN;
    return hop->lane.is_limited ? MIN(FULL_BUCKET, COST_OPEN + count_askable(walk, hop))
                                : COST_OPEN + COST_OPEN;
}

/* -- one batch --------------------------------------------------------------------------------- */

static guint count_answers(const Hop *hop)
{
    guint count = hop->is_control_answered;
    for (guint i = 0; i < hop->n; i++)
        count += hop->is_answered[i];
    return count;
}

static gboolean is_all_answered(const Hop *hop)
{
    return count_answers(hop) == hop->n + hop->has_control;
}

static void note_silence(const MpPrefixWalk *walk, const Hop *hop, Part *part)
{
    part->is_suspect = TRUE;
    if (is_first(walk, hop) && ++part->silences >= SILENCES)
        part->verdict = MP_PREFIX_SILENT;
}

static void settle(MpPrefixWalk *walk, Hop *hop, MpTime now)
{
    gboolean is_answered_later = hop->is_control_answered;
    for (guint i = hop->n; i > 0; i--) {
        Part *part = &walk->parts[hop->parts[i - 1]];
        part->is_asked = FALSE;
        if (part->verdict == MP_PREFIX_UNKNOWN && is_answered_later && hop->span <= LONGEST_SPAN)
            note_silence(walk, hop, part);
        is_answered_later = is_answered_later || hop->is_answered[i - 1];
    }
    mp_ttl_lane_spend(&hop->lane, count_answers(hop));
    hop->is_plain = is_all_answered(hop);
    if (hop->is_plain || hop->is_control_answered)
        mp_ttl_lane_praise(&hop->lane);
    else if (hop->has_control)
        mp_ttl_lane_blame(&hop->lane, now);
    hop->deadline = 0;
    hop->n = hop->n_out = 0;
}

static double cost_of(const MpPrefixWalk *walk, const Part *part)
{
    guint n_passed = 0;
    guint n_known = 0;
    for (guint i = 0; i < walk->n_parts; i++) {
        n_passed += walk->parts[i].verdict == MP_PREFIX_PASSED;
        n_known += walk->parts[i].verdict != MP_PREFIX_UNKNOWN;
    }
    return part->is_suspect ? COST_SUSPECT
                            : MIN((n_passed + 1.0) / (n_known + 2.0) + COST_SUSPECT, COST_OPEN);
}

static void add_parts(MpPrefixWalk *walk, Hop *hop, gboolean are_suspect, double *budget)
{
    for (guint tries = 0; tries < MOST_TRIES; tries++)
        for (guint i = 0; i < walk->n_parts && hop->n < BATCH; i++) {
            Part *part = &walk->parts[i];
            const double cost = cost_of(walk, part);
            if (!can_ask(walk, hop, part) || part->tries != tries ||
                part->is_suspect != are_suspect || cost > *budget)
                continue;
            *budget -= cost;
            part->is_asked = TRUE;
            hop->is_answered[hop->n] = FALSE;
            hop->parts[hop->n++] = i;
        }
}

/* In the order of the plan, which is spread; those tried least come first, but what is cheap to
 * settle before all. */
static void fill(MpPrefixWalk *walk, Hop *hop, MpTime now)
{
    const double tokens = mp_ttl_lane_tokens(&hop->lane, now);
    if (tokens < MIN(least_tokens(walk, hop), hop->lane.depth))
        return;
    hop->has_control = !hop->is_plain;
    double budget = tokens - hop->has_control;
    add_parts(walk, hop, TRUE, &budget);
    add_parts(walk, hop, FALSE, &budget);
    for (guint i = 0; i < hop->n; i++)
        walk->parts[hop->parts[i]].tries++;
    if (hop->n == 0)
        return;
    hop->series = (hop->series + 1) % MP_TTL_TURNS;
    hop->is_control_answered = FALSE;
    hop->deadline = now + walk->wait;
}

/* -- the whole --------------------------------------------------------------------------------- */

gboolean mp_prefix_walk_advance(MpPrefixWalk *walk, MpTime now, MpTtlProbe *probe)
{
    for (guint i = 0; i < walk->n_hops; i++) {
        Hop *hop = &walk->hops[i];
        if (hop->deadline && now >= hop->deadline)
            settle(walk, hop, now);
        if (!hop->deadline && now < walk->until)
            fill(walk, hop, now);
        if (!hop->deadline || hop->n_out >= hop->n + hop->has_control)
            continue;
        const gboolean is_control = hop->n_out == hop->n;
        *probe = (MpTtlProbe){.ttl = hop->ttl,
                              .series = hop->series,
                              .to = is_control ? walk->control
                                               : walk->parts[hop->parts[hop->n_out]].address};
        hop->began = hop->n_out == 0 ? now : hop->began;
        hop->span = now - hop->began;
        hop->n_out++;
        walk->sent++;
        return TRUE;
    }
    return FALSE;
}

MpTime mp_prefix_walk_deadline(MpPrefixWalk *walk, MpTime now)
{
    MpTime next = MP_NEVER;
    for (guint i = 0; i < walk->n_hops; i++) {
        Hop *hop = &walk->hops[i];
        if (hop->deadline)
            next = MIN(next, hop->deadline);
        else if (now < walk->until && count_askable(walk, hop) > 0)
            next = MIN(next,
                       MAX(mp_ttl_lane_when(&hop->lane, least_tokens(walk, hop), now), now + 1));
    }
    return next;
}

static Hop *find_hop(MpPrefixWalk *walk, guint ttl)
{
    for (guint i = 0; i < walk->n_hops; i++)
        if (walk->hops[i].ttl == ttl)
            return &walk->hops[i];
    return NULL;
}

/* Whatever a hop behind the edge says, "unreachable" included, the datagram has left. */
static gboolean is_from_inside(const MpPrefixWalk *walk, const MpTtlAnswer *answer)
{
    for (guint i = 0; i < walk->n_inside; i++)
        if (mp_address_equal_ip(&walk->inside[i], &answer->from))
            return TRUE;
    return FALSE;
}

static void take_control(Hop *hop, MpTime now)
{
    hop->is_control_answered = hop->has_control;
    hop->deadline = MIN(hop->deadline, now + STRAGGLERS);
}

static void take_part(MpPrefixWalk *walk, Hop *hop, guint index, gboolean has_passed,
                      gboolean is_timely)
{
    Part *part = &walk->parts[index];
    if (has_passed)
        part->verdict = MP_PREFIX_PASSED;
    else if (part->verdict != MP_PREFIX_PASSED)
        part->verdict = MP_PREFIX_REFUSED;
    /* A refusal says nothing of the answers that the hop has left. */
    for (guint i = 0; i < hop->n && is_timely && has_passed; i++)
        hop->is_answered[i] = hop->is_answered[i] || hop->parts[i] == index;
}

void mp_prefix_walk_take(MpPrefixWalk *walk, const MpTtlAnswer *answer, MpTime now)
{
    Hop *hop = find_hop(walk, answer->ttl);
    const gboolean has_passed = !is_from_inside(walk, answer);
    if (!hop || answer->is_tcp)
        return;
    const gboolean is_timely = hop->deadline && answer->series == hop->series;
    if (is_timely && has_passed && mp_address_equal(&answer->to, &walk->control))
        take_control(hop, now);
    for (guint i = 0; i < walk->n_parts; i++)
        if (mp_address_equal(&walk->parts[i].address, &answer->to))
            take_part(walk, hop, i, has_passed, is_timely);
    if (hop->deadline && is_all_answered(hop))
        hop->deadline = MIN(hop->deadline, now);
}

MpPrefixVerdict mp_prefix_walk_verdict(const MpPrefixWalk *walk, guint index)
{
    g_return_val_if_fail(index < walk->n_parts, MP_PREFIX_UNKNOWN);
    return walk->parts[index].verdict;
}

guint64 mp_prefix_walk_sent(const MpPrefixWalk *walk)
{
    return walk->sent;
}
