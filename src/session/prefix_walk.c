/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of an address range leave this network.
 */
#include "session/prefix_walk.h"

#include <string.h>

#include "session/ttl_lane.h"

#define BATCH 12
/* Of one router: a question and the control behind it. */
#define LEAST_TOKENS 2.0
#define LEAST_WAIT MP_MSEC(300)
#define GUARD MP_MSEC(200)
/* Once may be a loss. */
#define SILENCES 2
/* One that stays without evidence is left alone after so many batches. */
#define MOST_TRIES 6

typedef struct {
    MpAddress address;
    MpPrefixVerdict verdict;
    guint silences;
    guint tries;
    gboolean is_asked; /* in a batch now */
} Part;

/* Questions to one hop, sent together, with the control behind them: where that is answered, the
 * hop had an answer left for each before it. */
typedef struct {
    guint8 ttl;
    MpTtlLane lane;
    guint parts[BATCH];
    guint n;
    guint n_out; /* of them and the control, handed out */
    gboolean is_control_answered;
    MpTime deadline; /* 0: no batch is under way */
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
        walk->hops[i] = (Hop){.ttl = plan->hops[i], .lane = mp_ttl_lane_init(now)};
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

static gboolean has_any_open(const MpPrefixWalk *walk)
{
    for (guint i = 0; i < walk->n_parts; i++)
        if (is_open(&walk->parts[i]))
            return TRUE;
    return FALSE;
}

static void settle(MpPrefixWalk *walk, Hop *hop, MpTime now)
{
    for (guint i = 0; i < hop->n; i++) {
        Part *part = &walk->parts[hop->parts[i]];
        part->is_asked = FALSE;
        if (part->verdict == MP_PREFIX_UNKNOWN && hop->is_control_answered &&
            ++part->silences >= SILENCES)
            part->verdict = MP_PREFIX_SILENT;
    }
    if (hop->is_control_answered)
        mp_ttl_lane_praise(&hop->lane);
    else
        mp_ttl_lane_blame(&hop->lane, now);
    hop->deadline = 0;
    hop->n = hop->n_out = 0;
}

/* In the order of the plan, which is spread; those tried least come first. */
static void fill(MpPrefixWalk *walk, Hop *hop, MpTime now)
{
    const double tokens = mp_ttl_lane_tokens(&hop->lane, now);
    if (tokens < LEAST_TOKENS)
        return;
    const guint room = MIN(BATCH, (guint)tokens - 1);
    for (guint tries = 0; tries < MOST_TRIES; tries++)
        for (guint i = 0; i < walk->n_parts && hop->n < room; i++) {
            Part *part = &walk->parts[i];
            if (!is_open(part) || part->is_asked || part->tries != tries)
                continue;
            part->is_asked = TRUE;
            hop->parts[hop->n++] = i;
        }
    for (guint i = 0; i < hop->n; i++)
        walk->parts[hop->parts[i]].tries++;
    if (hop->n == 0)
        return;
    mp_ttl_lane_spend(&hop->lane, hop->n + 1);
    hop->is_control_answered = FALSE;
    hop->deadline = now + walk->wait;
}

gboolean mp_prefix_walk_advance(MpPrefixWalk *walk, MpTime now, MpTtlProbe *probe)
{
    for (guint i = 0; i < walk->n_hops; i++) {
        Hop *hop = &walk->hops[i];
        if (hop->deadline && now >= hop->deadline)
            settle(walk, hop, now);
        if (!hop->deadline && now < walk->until)
            fill(walk, hop, now);
        if (!hop->deadline || hop->n_out > hop->n)
            continue;
        const gboolean is_control = hop->n_out == hop->n;
        *probe = (MpTtlProbe){.ttl = hop->ttl,
                              .to = is_control ? walk->control
                                               : walk->parts[hop->parts[hop->n_out]].address};
        hop->n_out++;
        walk->sent++;
        return TRUE;
    }
    return FALSE;
}

MpTime mp_prefix_walk_deadline(MpPrefixWalk *walk, MpTime now)
{
    MpTime next = MP_NEVER;
    const gboolean goes_on = now < walk->until && has_any_open(walk);
    for (guint i = 0; i < walk->n_hops; i++) {
        Hop *hop = &walk->hops[i];
        if (hop->deadline)
            next = MIN(next, hop->deadline);
        else if (goes_on)
            next = MIN(next, MAX(mp_ttl_lane_when(&hop->lane, LEAST_TOKENS, now), now + 1));
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

void mp_prefix_walk_take(MpPrefixWalk *walk, const MpTtlAnswer *answer)
{
    Hop *hop = find_hop(walk, answer->ttl);
    const gboolean has_passed = !is_from_inside(walk, answer);
    if (!hop || answer->is_tcp)
        return;
    if (mp_address_equal(&answer->to, &walk->control)) {
        hop->is_control_answered = hop->is_control_answered || has_passed;
        return;
    }
    for (guint i = 0; i < walk->n_parts; i++) {
        Part *part = &walk->parts[i];
        if (!mp_address_equal(&part->address, &answer->to))
            continue;
        if (has_passed)
            part->verdict = MP_PREFIX_PASSED;
        else if (part->verdict != MP_PREFIX_PASSED)
            part->verdict = MP_PREFIX_REFUSED;
    }
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
