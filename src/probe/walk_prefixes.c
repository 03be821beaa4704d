/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of the prefixes leave.
 */
#include "probe/walk_prefixes.h"

#include "base/cidr_join.h"
#include "base/clock.h"
#include "base/random.h"
#include "model/address_plan.h"
#include "probe/walk_answer.h"
#include "session/prefix_walk.h"
#include "stats/proportion.h"

/* Two /18 have 128 of them. */
#define MOST_PARTS 512

/* MpAddressSample; empty where there is no prefix of that family. */
static GArray *plan_parts(const GPtrArray *texts, MpFamily family)
{
    g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    for (guint i = 0; i < texts->len; i++) {
        MpCidr cidr;
        if (mp_cidr_parse(&cidr, texts->pdata[i]) && cidr.base.family == family)
            g_array_append_val(prefixes, cidr);
    }
    return mp_address_plan((const MpCidr *)prefixes->data, prefixes->len, MOST_PARTS,
                           mp_random_u32());
}

static void add_hop(MpPrefixPlan *plan, const MpTtlHop *hop, guint ttl)
{
    plan->is_limited[plan->n_hops] = hop->is_limited;
    plan->hops[plan->n_hops++] = (guint8)ttl;
    if (hop->round_trip != MP_NEVER)
        plan->round_trip = MAX(plan->round_trip, hop->round_trip);
}

/* The hops before the edge, and all behind it that answer: each has answers of its own to give. */
static void set_hops(MpPrefixPlan *plan, const MpTtlFacts *found)
{
    for (guint ttl = 1; ttl < found->floor; ttl++)
        if (found->hops[ttl].address.family != MP_FAMILY_NONE)
            plan->inside[plan->n_inside++] = found->hops[ttl].address;
    for (guint ttl = MAX(found->floor, 1); ttl <= found->deepest; ttl++)
        if (found->hops[ttl].address.family != MP_FAMILY_NONE && found->hops[ttl].answered > 0)
            add_hop(plan, &found->hops[ttl], ttl);
}

static void converse(MpPrefixWalk *walk, const MpWalkPrefixes *question, const MpNetLimit *limit)
{
    MpTime next;
    for (;;) {
        MpTtlProbe probe;
        MpTtlNews news;
        MpTtlAnswer answer;
        MpNetStatus status = {0};
        while (mp_prefix_walk_advance(walk, mp_clock_now(), &probe))
            (void)mp_ttl_sockets_send(question->sockets, probe.ttl, probe.series, &probe.to,
                                      question->payload, &status);
        next = mp_prefix_walk_deadline(walk, mp_clock_now());
        if (next == MP_NEVER || mp_clock_now() >= limit->deadline ||
            g_cancellable_is_cancelled(limit->cancellable))
            return;
        const MpNetLimit until = {MIN(next, limit->deadline), limit->cancellable};
        mp_ttl_sockets_wait(question->sockets, &until);
        while (mp_ttl_sockets_take(question->sockets, &news))
            if (mp_walk_answer_read(&answer, &news))
                mp_prefix_walk_take(walk, &answer, mp_clock_now());
    }
}

static void set_facts(JsonObject *facts, const MpPrefixWalk *walk, const GArray *parts)
{
    guint n_passed = 0;
    JsonArray *blocked = json_array_new();
    for (guint i = 0; i < parts->len; i++) {
        const MpPrefixVerdict verdict = mp_prefix_walk_verdict(walk, i);
        n_passed += verdict == MP_PREFIX_PASSED;
        if (verdict != MP_PREFIX_SILENT && verdict != MP_PREFIX_REFUSED)
            continue;
        const MpCidr *part = &g_array_index(parts, MpAddressSample, i).stratum;
        g_autofree char *text = mp_cidr_to_string(part);
        json_array_add_string_element(blocked, text);
    }
    const guint n_blocked = json_array_get_length(blocked);
    JsonObject *prefixes = json_object_new();
    json_object_set_int_member(prefixes, "parts", parts->len);
    json_object_set_int_member(prefixes, "passed", n_passed);
    json_object_set_array_member(prefixes, "blocked", blocked);
    json_object_set_int_member(prefixes, "unknown", parts->len - n_passed - n_blocked);
    if (n_passed + n_blocked > 0)
        json_object_set_double_member(prefixes, "blocked_bound_percent",
                                      mp_proportion_upper(n_blocked, n_passed + n_blocked) * 100);
    json_object_set_object_member(facts, "prefixes", prefixes);
}

void mp_walk_prefixes_ask(JsonObject *facts, const MpWalkPrefixes *question,
                          const MpNetLimit *limit)
{
    const MpTtlFacts *found = question->found;
    g_autoptr(GArray) parts = plan_parts(question->texts, found->target.family);
    MpPrefixPlan plan = {.control = found->target, .until = limit->deadline};
    set_hops(&plan, found);
    if (parts->len == 0 || plan.n_hops == 0 || found->control == 0 || found->control_is_tcp)
        return;
    plan.control.port = found->control;
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    for (guint i = 0; i < parts->len; i++) {
        MpAddress address = g_array_index(parts, MpAddressSample, i).address;
        address.port = found->control;
        g_array_append_val(addresses, address);
    }
    plan.addresses = (const MpAddress *)addresses->data;
    plan.n_addresses = addresses->len;
    g_autoptr(MpPrefixWalk) walk = mp_prefix_walk_new(&plan, mp_clock_now());
    converse(walk, question, limit);
    set_facts(facts, walk, parts);
}
