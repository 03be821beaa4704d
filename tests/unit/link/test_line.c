/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way of a packet through the whole link, and what whoever drives it may count on.
 */
#include <string.h>

#include "tests/support/link_run.h"

static void a_delay_is_exact_to_the_nanosecond(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = 12345678;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 987, 1000, 1200);
    link_run_finish(run);
    for (guint i = 0; i < 1000; i++) {
        const MpLinkOutcome *outcome = link_run_at(run, i);
        g_assert_cmpuint(outcome->number, ==, i);
        g_assert_cmpuint(outcome->size, ==, 1200);
        g_assert_cmpint(outcome->offered, ==, i * 987);
        g_assert_cmpint(outcome->due, ==, i * 987 + 12345678);
        g_assert_cmpint(outcome->queued, ==, 0);
        g_assert_cmpint(outcome->corrupted_bit, ==, -1);
        g_assert_true(outcome->is_last);
        g_assert_false(outcome->is_copy);
    }
}

static void nothing_comes_early_and_a_drop_comes_at_once(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(20);
    MpLinkLine *line = mp_link_line_new(&link->up, 1, 0, MP_SEC(9));
    MpLinkOutcome outcome;
    g_assert_cmpint(mp_link_line_deadline(line), ==, MP_NEVER);
    g_assert_false(mp_link_line_take(line, MP_SEC(9), &outcome));
    mp_link_line_offer(line, MP_SEC(9), 100, NULL);
    g_assert_cmpint(mp_link_line_deadline(line), ==, MP_SEC(9) + MP_MSEC(20));
    g_assert_false(mp_link_line_take(line, MP_SEC(9) + MP_MSEC(20) - 1, &outcome));
    g_assert_true(mp_link_line_take(line, MP_SEC(9) + MP_MSEC(20), &outcome));
    g_assert_false(mp_link_line_take(line, MP_SEC(10), &outcome));
    g_assert_cmpint(mp_link_line_deadline(line), ==, MP_NEVER);
    mp_link_line_free(line, NULL);

    link->up.conditions.loss = mp_link_loss_independent(1);
    line = mp_link_line_new(&link->up, 1, 0, 0);
    mp_link_line_offer(line, MP_MSEC(1), 100, NULL);
    g_assert_cmpint(mp_link_line_deadline(line), ==, MP_MSEC(1));
    g_assert_true(mp_link_line_take(line, MP_MSEC(1), &outcome));
    g_assert_cmpint(outcome.fate, ==, MP_FATE_LOST);
    g_assert_cmpint(outcome.due, ==, MP_MSEC(1));
    g_assert_true(outcome.is_last);
    mp_link_line_free(line, NULL);
}

/* Whoever comes late finds everything that should have come before, with its right times. */
static void a_late_caller_gets_the_same_times(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(3);
    link->up.conditions.rate_bps = 1000000;
    MpLinkLine *line = mp_link_line_new(&link->up, 1, 0, 0);
    for (guint i = 0; i < 10; i++)
        mp_link_line_offer(line, 0, 1250, NULL);
    MpLinkOutcome outcome;
    for (guint i = 0; i < 10; i++) {
        g_assert_true(mp_link_line_take(line, MP_SEC(1), &outcome));
        g_assert_cmpint(outcome.due, ==, MP_MSEC(10 * (i + 1) + 3));
    }
    mp_link_line_free(line, NULL);
}

static MpLink *shaking(gboolean reorders, MpTime correlation_time)
{
    MpLink *link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(20);
    link->up.conditions.jitter = (MpLinkJitter){.distribution = MP_JITTER_NORMAL,
                                                .scale = MP_MSEC(10),
                                                .correlation_time = correlation_time,
                                                .reorders = reorders};
    return link;
}

static guint count_overtaken(const MpLink *link)
{
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(1), 5000, 1200);
    link_run_finish(run);
    guint n = 0;
    for (guint i = 1; i < run->outcomes->len; i++) {
        g_assert_cmpint(link_run_at(run, i)->due, >=, link_run_at(run, i - 1)->due);
        g_assert_cmpint(link_run_at(run, i)->due, >=, link_run_at(run, i)->offered);
        n += link_run_at(run, i)->number < link_run_at(run, i - 1)->number ? 1 : 0;
    }
    return n;
}

static void packets_overtake_only_where_they_may(void)
{
    g_autoptr(MpLink) ordered = shaking(FALSE, 0);
    g_autoptr(MpLink) drifting = shaking(FALSE, MP_MSEC(100));
    g_autoptr(MpLink) reordering = shaking(TRUE, 0);
    g_assert_cmpuint(count_overtaken(ordered), ==, 0);
    g_assert_cmpuint(count_overtaken(drifting), ==, 0);
    g_assert_cmpuint(count_overtaken(reordering), >, 2000);
}

static void a_second_copy_comes_right_after_the_first(void)
{
    for (guint reorders = 0; reorders < 2; reorders++) {
        g_autoptr(MpLink) link = shaking(reorders != 0, 0);
        link->up.conditions.duplicate = 1;
        g_autoptr(LinkRun) run = link_run_new(link);
        link_run_send_every(run, MP_MSEC(1), 500, 1200);
        link_run_finish(run);
        g_assert_cmpuint(run->outcomes->len, ==, 1000);
        for (guint i = 0; i < run->outcomes->len; i += 2) {
            const MpLinkOutcome *first = link_run_at(run, i);
            const MpLinkOutcome *second = link_run_at(run, i + 1);
            g_assert_cmpuint(first->number, ==, second->number);
            g_assert_true(!first->is_copy && second->is_copy);
            g_assert_true(!first->is_last && second->is_last);
            g_assert_cmpint(first->due, ==, second->due);
        }
    }
}

static void some_packets_are_doubled_and_lost_ones_never(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.duplicate = 0.1;
    link->up.conditions.loss = mp_link_loss_independent(0.5);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_USEC(1), 100000, 1200);
    link_run_finish(run);
    guint n_copies = 0;
    for (guint i = 0; i < run->outcomes->len; i++)
        n_copies += link_run_at(run, i)->is_copy ? 1 : 0;
    guint n_lost = link_run_count(run, MP_FATE_LOST);
    g_assert_cmpuint(link_run_count(run, MP_FATE_DELIVERED), ==, 100000 - n_lost + n_copies);
    /* 10 % of what was not lost; 99.9 % of a binomial distribution is within 224. */
    g_assert_cmpint(ABS((int)n_copies - 5000), <, 230);
}

/* The copy finds the queue full and is out before the first one, which is then the last. */
static void a_dropped_copy_leaves_the_first_to_be_the_last(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.duplicate = 1;
    link->up.conditions.rate_bps = 1000000;
    link->up.conditions.queue.limit_packets = 1;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send(run, 0, 1250);
    link_run_send(run, MP_MSEC(5), 1250);
    link_run_finish(run);
    g_assert_cmpuint(run->outcomes->len, ==, 4);
    const MpLinkOutcome *copy = link_run_at(run, 0);
    const MpLinkOutcome *first = link_run_at(run, 3);
    g_assert_true(copy->is_copy && copy->fate == MP_FATE_QUEUE_FULL && !copy->is_last);
    g_assert_true(!first->is_copy && first->fate == MP_FATE_DELIVERED && first->is_last);
    /* Of the second packet neither copy had room. */
    g_assert_true(!link_run_at(run, 1)->is_last && link_run_at(run, 2)->is_last);
}

static void a_corrupted_bit_is_inside_the_packet_anywhere(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.corrupt = 1;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 1, 10000, 20);
    link_run_finish(run);
    guint counts[160] = {0};
    for (guint i = 0; i < run->outcomes->len; i++) {
        int bit = link_run_at(run, i)->corrupted_bit;
        g_assert_cmpint(bit, >=, 0);
        g_assert_cmpint(bit, <, 160);
        counts[bit]++;
    }
    /* 62 each by chance. */
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        g_assert_cmpuint(counts[i], >, 25);

    link->up.conditions.corrupt = 0.02;
    link->up.conditions.duplicate = 1;
    g_autoptr(LinkRun) some = link_run_new(link);
    link_run_send_every(some, 1, 100000, 1200);
    link_run_finish(some);
    guint n = 0, n_both = 0;
    for (guint i = 0; i < some->outcomes->len; i += 2) {
        gboolean first = link_run_at(some, i)->corrupted_bit >= 0;
        gboolean second = link_run_at(some, i + 1)->corrupted_bit >= 0;
        n += (first ? 1 : 0) + (second ? 1 : 0);
        n_both += first && second ? 1 : 0;
    }
    g_assert_cmpint(ABS((int)n - 4000), <, 206);
    g_assert_cmpuint(n_both, <, 100);
}

static void everything_at_once_loses_no_packet_from_sight(void)
{
    g_autoptr(MpLink) link = shaking(TRUE, 0);
    MpLinkConditions *conditions = &link->up.conditions;
    conditions->loss = mp_link_loss_bursts(0.05, 4);
    conditions->duplicate = 0.2;
    conditions->corrupt = 0.1;
    conditions->rate_bps = 2000000;
    conditions->queue = (MpLinkQueue){.discipline = MP_QUEUE_CODEL, .limit_time = MP_MSEC(80)};
    MpLinkChange change = {.at = MP_SEC(2), .conditions = *conditions};
    change.conditions.jitter.reorders = FALSE;
    change.conditions.rate_bps = 700000;
    change.conditions.burst_bytes = 20000;
    g_array_append_val(link->up.changes, change);
    MpLinkOutage holds = {
        .type = MP_OUTAGE_HOLDS, .at = MP_MSEC(300), .length = MP_MSEC(40), .every = MP_MSEC(130)};
    MpLinkOutage drops = {
        .type = MP_OUTAGE_DROPS, .at = MP_MSEC(500), .length = MP_MSEC(10), .every = MP_MSEC(170)};
    g_array_append_val(link->up.outages, holds);
    g_array_append_val(link->up.outages, drops);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_USEC(4321), 2000, 1200);
    link_run_finish(run);
    for (MpFate fate = 0; fate < MP_N_FATES; fate++)
        g_assert_cmpuint(link_run_count(run, fate), >, 0);
}

static guint n_freed;

static void count_free(gpointer packet)
{
    g_assert_nonnull(packet);
    n_freed++;
    g_free(packet);
}

static void what_is_inside_is_freed_once_and_counted(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.duplicate = 1;
    link->up.conditions.rate_bps = 1000000;
    link->up.conditions.delay = MP_MSEC(15);
    link->up.conditions.queue.limit_packets = 5;
    MpLinkLine *line = mp_link_line_new(&link->up, 1, 0, 0);
    for (guint i = 0; i < 4; i++)
        mp_link_line_offer(line, 0, 1250, g_malloc(1250));
    g_assert_cmpuint(mp_link_line_packets(line), ==, 8);
    g_assert_cmpuint(mp_link_line_bytes(line), ==, 8 * 1250);
    /* Five copies found room: the third packet's second did not, nor did the fourth's. */
    MpLinkOutcome outcome;
    for (guint i = 0; i < 3; i++) {
        g_assert_true(mp_link_line_take(line, 0, &outcome));
        g_assert_cmpint(outcome.fate, ==, MP_FATE_QUEUE_FULL);
        g_assert_cmpuint(outcome.number, ==, i == 0 ? 2 : 3);
        g_assert_cmpint(outcome.is_last, ==, i == 2);
    }
    g_free(outcome.packet);
    g_assert_true(mp_link_line_take(line, MP_MSEC(25), &outcome));
    g_assert_true(outcome.number == 0 && !outcome.is_copy && !outcome.is_last);
    g_assert_cmpuint(mp_link_line_packets(line), ==, 4);
    g_assert_cmpuint(mp_link_line_bytes(line), ==, 4 * 1250);
    /* In flight or being sent, waiting, and a drop that nobody has taken. */
    mp_link_line_offer(line, MP_MSEC(25), 1250, g_malloc(1250));
    g_assert_cmpuint(mp_link_line_packets(line), ==, 6);
    g_assert_cmpuint(mp_link_line_most_packets(line), ==, 8);
    g_assert_cmpuint(mp_link_line_most_bytes(line), ==, 8 * 1250);
    n_freed = 0;
    mp_link_line_free(line, count_free);
    g_assert_cmpuint(n_freed, ==, 4);
    mp_link_line_free(NULL, count_free);
}

static void every_fate_has_its_name(void)
{
    static const char *const names[MP_N_FATES] = {"delivered", "lost", "outage", "queue-full",
                                                  "queue-managed"};
    for (MpFate fate = 0; fate < MP_N_FATES; fate++)
        g_assert_cmpstr(mp_fate_name(fate), ==, names[fate]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/line/delay", a_delay_is_exact_to_the_nanosecond);
    g_test_add_func("/line/deadline", nothing_comes_early_and_a_drop_comes_at_once);
    g_test_add_func("/line/late-caller", a_late_caller_gets_the_same_times);
    g_test_add_func("/line/order", packets_overtake_only_where_they_may);
    g_test_add_func("/line/copies", a_second_copy_comes_right_after_the_first);
    g_test_add_func("/line/copies-some", some_packets_are_doubled_and_lost_ones_never);
    g_test_add_func("/line/copy-dropped", a_dropped_copy_leaves_the_first_to_be_the_last);
    g_test_add_func("/line/corrupt", a_corrupted_bit_is_inside_the_packet_anywhere);
    g_test_add_func("/line/everything", everything_at_once_loses_no_packet_from_sight);
    g_test_add_func("/line/free", what_is_inside_is_freed_once_and_counted);
    g_test_add_func("/line/names", every_fate_has_its_name);
    return g_test_run();
}
