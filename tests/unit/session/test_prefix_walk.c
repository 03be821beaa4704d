/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of a range leave, over networks made by hand in virtual time.
 */
#include "session/prefix_walk.h"

#include <string.h>

#define N_PARTS 64
#define FIRST_TTL 3
#define ROUND_TRIP MP_MSEC(20)

typedef struct {
    guint first_blocked; /* parts first_blocked..last_blocked are kept */
    guint last_blocked;
    gboolean refuses;  /* with "administratively prohibited" */
    guint per_second;  /* ICMP errors of the hop; 0: no limit */
    guint lose_one_in; /* 0: none */
    gboolean is_mute;  /* no hop says anything */
    gboolean is_end;   /* the hop knows no way to any of them, and says so */
    gboolean is_stale; /* what comes answers the control of the batch before */
    guint n_hops;      /* behind the edge; 0: one */
    guint dark_from;   /* parts from this one on lead past all hops but the first; 0: none */
} Site;

typedef struct {
    double tokens;
    MpTime last;
} Bucket;

typedef struct {
    MpTtlAnswer answer;
    MpTime arrival;
} UnderWay;

static MpAddress part(guint i)
{
    g_autofree char *text = g_strdup_printf("168.100.%u.9", 64 + i);
    return mp_address_literal(text, 3478);
}

static gboolean is_blocked(const Site *site, const MpAddress *to)
{
    const guint i = to->bytes[2] - 64U;
    return site->last_blocked > 0 && i >= site->first_blocked && i <= site->last_blocked;
}

/* A router with a bucket as Linux has it. */
static gboolean has_answer_left(const Site *site, Bucket *bucket, MpTime now)
{
    if (!site->per_second)
        return TRUE;
    bucket->tokens = MIN(bucket->tokens + (double)(now - bucket->last) / 1e9 * site->per_second, 6);
    bucket->last = now;
    if (bucket->tokens < 1)
        return FALSE;
    bucket->tokens -= 1;
    return TRUE;
}

static gboolean is_dark(const Site *site, const MpTtlProbe *probe)
{
    return site->dark_from && probe->ttl > FIRST_TTL && probe->to.bytes[2] - 64U >= site->dark_from;
}

static MpPrefixWalk *over(const Site *site, MpTime until)
{
    MpAddress parts[N_PARTS];
    for (guint i = 0; i < N_PARTS; i++)
        parts[i] = part(i);
    const MpPrefixPlan plan = {.addresses = parts,
                               .n_addresses = N_PARTS,
                               .control = mp_address_literal("216.147.0.20", 3478),
                               .hops = {FIRST_TTL, FIRST_TTL + 1, FIRST_TTL + 2, FIRST_TTL + 3},
                               .n_hops = MAX(site->n_hops, 1),
                               .inside = {mp_address_literal("10.0.0.1", 0)},
                               .n_inside = 1,
                               .round_trip = ROUND_TRIP,
                               .until = until};
    MpPrefixWalk *walk = mp_prefix_walk_new(&plan, 0);
    g_autoptr(GArray) under_way = g_array_new(FALSE, FALSE, sizeof(UnderWay));
    Bucket buckets[4] = {{6, 0}, {6, 0}, {6, 0}, {6, 0}};
    guint n_sent = 0;
    MpTime next;
    for (MpTime now = 0; (next = mp_prefix_walk_deadline(walk, now)) != MP_NEVER; now = next) {
        MpTtlProbe probe;
        while (mp_prefix_walk_advance(walk, now, &probe)) {
            const gboolean is_kept = is_blocked(site, &probe.to);
            if (site->is_stale && probe.to.bytes[0] != 216)
                continue;
            const gboolean is_lost = site->lose_one_in && ++n_sent % site->lose_one_in == 0;
            if (site->is_mute || is_lost || (is_kept && !site->refuses) || is_dark(site, &probe) ||
                (!is_kept && !has_answer_left(site, &buckets[probe.ttl - FIRST_TTL], now)))
                continue;
            const UnderWay reply = {
                .answer = {.kind = is_kept        ? MP_TTL_PROHIBITED
                                   : site->is_end ? MP_TTL_UNREACHABLE
                                                  : MP_TTL_EXCEEDED,
                           .ttl = probe.ttl,
                           .series = (probe.series + site->is_stale) % MP_TTL_TURNS,
                           .from = mp_address_literal(is_kept ? "10.0.0.1" : "203.0.113.1", 0),
                           .to = probe.to},
                .arrival = now + ROUND_TRIP};
            g_array_append_val(under_way, reply);
        }
        next = mp_prefix_walk_deadline(walk, now);
        if (under_way->len)
            next = MIN(next, g_array_index(under_way, UnderWay, 0).arrival);
        if (next == MP_NEVER)
            break;
        while (under_way->len && g_array_index(under_way, UnderWay, 0).arrival <= next) {
            mp_prefix_walk_take(walk, &g_array_index(under_way, UnderWay, 0).answer, next);
            g_array_remove_index(under_way, 0);
        }
        g_assert_cmpint(next, >=, now);
        g_assert_cmpuint(mp_prefix_walk_sent(walk), <, 4000);
        now = next;
    }
    return walk;
}

static guint count(const MpPrefixWalk *walk, MpPrefixVerdict verdict)
{
    guint n = 0;
    for (guint i = 0; i < N_PARTS; i++)
        n += mp_prefix_walk_verdict(walk, i) == verdict;
    return n;
}

static void every_part_that_leaves_is_seen(void)
{
    g_autoptr(MpPrefixWalk) walk = over(&(Site){0}, MP_SEC(60));
    g_assert_cmpuint(count(walk, MP_PREFIX_PASSED), ==, N_PARTS);
    g_assert_cmpuint(mp_prefix_walk_sent(walk), <, 2 * N_PARTS);
}

static void a_part_that_is_kept_is_told_from_one_that_is_not(void)
{
    const Site site = {.first_blocked = 20, .last_blocked = 29};
    g_autoptr(MpPrefixWalk) walk = over(&site, MP_SEC(60));
    for (guint i = 0; i < N_PARTS; i++)
        g_assert_cmpuint(mp_prefix_walk_verdict(walk, i), ==,
                         i >= 20 && i <= 29 ? MP_PREFIX_SILENT : MP_PREFIX_PASSED);
}

static void a_hop_that_says_no_is_believed_at_once(void)
{
    const Site site = {.first_blocked = 20, .last_blocked = 29, .refuses = TRUE};
    g_autoptr(MpPrefixWalk) walk = over(&site, MP_SEC(60));
    g_assert_cmpuint(count(walk, MP_PREFIX_REFUSED), ==, 10);
    g_assert_cmpuint(count(walk, MP_PREFIX_PASSED), ==, N_PARTS - 10);
}

/* Beyond the edge a datagram has left, wherever it ends. */
static void unreachable_from_outside_is_no_block(void)
{
    g_autoptr(MpPrefixWalk) walk = over(&(Site){.is_end = TRUE}, MP_SEC(60));
    g_assert_cmpuint(count(walk, MP_PREFIX_PASSED), ==, N_PARTS);
}

/* A router that answers once a second is not a firewall. */
static void a_limit_is_no_block(void)
{
    const Site site = {.first_blocked = 20, .last_blocked = 23, .per_second = 1};
    g_autoptr(MpPrefixWalk) walk = over(&site, MP_SEC(600));
    for (guint i = 0; i < N_PARTS; i++) {
        const MpPrefixVerdict verdict = mp_prefix_walk_verdict(walk, i);
        g_assert_cmpuint(verdict, !=, i >= 20 && i <= 23 ? MP_PREFIX_PASSED : MP_PREFIX_SILENT);
    }
    g_assert_cmpuint(count(walk, MP_PREFIX_PASSED), >, N_PARTS / 2);
}

/* Each hop has a bucket of its own: 4 of 6 answers and then 4 a second. */
static void every_hop_behind_the_edge_helps(void)
{
    const Site site = {.first_blocked = 20, .last_blocked = 29, .per_second = 1, .n_hops = 4};
    g_autoptr(MpPrefixWalk) walk = over(&site, MP_SEC(20));
    for (guint i = 0; i < N_PARTS; i++)
        g_assert_cmpuint(mp_prefix_walk_verdict(walk, i), ==,
                         i >= 20 && i <= 29 ? MP_PREFIX_SILENT : MP_PREFIX_PASSED);
}

/* The way to some parts leaves the others' behind the first hop, and its routers say nothing. */
static void silence_farther_out_is_no_block(void)
{
    const Site site = {.n_hops = 4, .dark_from = 32};
    g_autoptr(MpPrefixWalk) walk = over(&site, MP_SEC(60));
    g_assert_cmpuint(count(walk, MP_PREFIX_PASSED), ==, N_PARTS);
}

static void one_lost_packet_is_no_block(void)
{
    g_autoptr(MpPrefixWalk) walk = over(&(Site){.lose_one_in = 17}, MP_SEC(60));
    g_assert_cmpuint(count(walk, MP_PREFIX_SILENT), ==, 0);
}

static void a_late_answer_is_no_block(void)
{
    g_autoptr(MpPrefixWalk) walk = over(&(Site){.is_stale = TRUE}, MP_SEC(60));
    g_assert_cmpuint(count(walk, MP_PREFIX_UNKNOWN), ==, N_PARTS);
}

static void where_nobody_answers_nothing_is_known(void)
{
    g_autoptr(MpPrefixWalk) walk = over(&(Site){.is_mute = TRUE}, MP_SEC(600));
    g_assert_cmpuint(count(walk, MP_PREFIX_UNKNOWN), ==, N_PARTS);
}

/* What was not asked in time is unknown, and the first that were are spread by the plan. */
static void an_end_before_the_end_leaves_parts_unknown(void)
{
    g_autoptr(MpPrefixWalk) walk = over(&(Site){.per_second = 1}, MP_SEC(5));
    g_assert_cmpuint(count(walk, MP_PREFIX_UNKNOWN), >, N_PARTS / 2);
    g_assert_cmpuint(count(walk, MP_PREFIX_PASSED), >, 0);
    g_assert_cmpuint(count(walk, MP_PREFIX_SILENT), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefix-walk/all", every_part_that_leaves_is_seen);
    g_test_add_func("/prefix-walk/kept", a_part_that_is_kept_is_told_from_one_that_is_not);
    g_test_add_func("/prefix-walk/refused", a_hop_that_says_no_is_believed_at_once);
    g_test_add_func("/prefix-walk/unreachable", unreachable_from_outside_is_no_block);
    g_test_add_func("/prefix-walk/limit", a_limit_is_no_block);
    g_test_add_func("/prefix-walk/hops", every_hop_behind_the_edge_helps);
    g_test_add_func("/prefix-walk/dark", silence_farther_out_is_no_block);
    g_test_add_func("/prefix-walk/loss", one_lost_packet_is_no_block);
    g_test_add_func("/prefix-walk/late", a_late_answer_is_no_block);
    g_test_add_func("/prefix-walk/mute", where_nobody_answers_nothing_is_known);
    g_test_add_func("/prefix-walk/cut", an_end_before_the_end_leaves_parts_unknown);
    return g_test_run();
}
