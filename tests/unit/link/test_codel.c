/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CoDel, RFC 8289, at 10 Mbps: a packet of 1250 bytes takes 1 ms.
 */
#include <math.h>

#include "tests/support/link_run.h"

static MpLink *link_with(MpQueueDiscipline discipline)
{
    MpLink *link = mp_link_new();
    link->up.conditions.rate_bps = 10000000;
    link->up.conditions.queue.discipline = discipline;
    link->up.conditions.queue.limit_packets = 200;
    return link;
}

/* Of the packets that were delivered after `from`. */
static double mean_queued_ms(const LinkRun *run, MpTime from)
{
    double sum = 0;
    guint n = 0;
    for (guint i = 0; i < run->outcomes->len; i++) {
        const MpLinkOutcome *outcome = link_run_at(run, i);
        if (outcome->fate != MP_FATE_DELIVERED || outcome->due < from)
            continue;
        sum += mp_time_to_ms(outcome->queued);
        n++;
    }
    g_assert_cmpuint(n, >, 0);
    return sum / n;
}

/* 3 % too much, for a minute. */
static LinkRun *overload(MpQueueDiscipline discipline)
{
    g_autoptr(MpLink) link = link_with(discipline);
    LinkRun *run = link_run_new(link);
    link_run_send_every(run, MP_USEC(970), 62000, 1250);
    link_run_finish(run);
    return run;
}

static void a_standing_queue_is_kept_near_5_ms(void)
{
    g_autoptr(LinkRun) managed = overload(MP_QUEUE_CODEL);
    g_autoptr(LinkRun) full = overload(MP_QUEUE_TAIL_DROP);
    g_assert_cmpfloat(mean_queued_ms(full, MP_SEC(20)), >, 195);
    g_test_message("CoDel: %g ms", mean_queued_ms(managed, MP_SEC(20)));
    g_assert_cmpfloat(mean_queued_ms(managed, MP_SEC(20)), <, 10);
    g_assert_cmpfloat(mean_queued_ms(managed, MP_SEC(20)), >, 2);
    g_assert_cmpuint(link_run_count(managed, MP_FATE_QUEUE_FULL), ==, 0);
    /* Not more than it must: what was too much, and a little. */
    guint n_dropped = link_run_count(managed, MP_FATE_QUEUE_MANAGED);
    g_assert_cmpuint(n_dropped, >, 1800);
    g_assert_cmpuint(n_dropped, <, 2300);
}

/* Section 3: bursts that are gone within an interval are what queues are for. */
static void a_burst_shorter_than_the_interval_loses_nothing(void)
{
    g_autoptr(MpLink) link = link_with(MP_QUEUE_CODEL);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 90, 1250);
    link_run_until(run, MP_MSEC(150));
    link_run_send_every(run, 0, 90, 1250);
    link_run_finish(run);
    g_assert_cmpuint(link_run_count(run, MP_FATE_DELIVERED), ==, 180);
}

/* The packet sent first after 5 ms begins the interval; its end brings the first drop, and the
 * next ones come after 100 / sqrt(count) ms. */
static void drops_come_at_the_times_of_the_control_law(void)
{
    g_autoptr(MpLink) link = link_with(MP_QUEUE_CODEL);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 200, 1250);
    link_run_send_every(run, MP_MSEC(1), 700, 1250);
    link_run_finish(run);
    /* The packet taken at 5 ms has waited 5 ms. Decisions are made when a packet is taken, every
     * millisecond. */
    double next_ms = 105;
    guint n = 0;
    for (guint i = 0; i < run->outcomes->len && n < 10; i++) {
        if (link_run_at(run, i)->fate != MP_FATE_QUEUE_MANAGED)
            continue;
        g_assert_cmpfloat(mp_time_to_ms(link_run_at(run, i)->due), ==, ceil(next_ms));
        next_ms += n == 0 ? 100 : 100 / sqrt(n + 1);
        n++;
    }
    g_assert_cmpuint(n, ==, 10);
}

static void a_slow_link_keeps_its_last_packet(void)
{
    g_autoptr(MpLink) link = link_with(MP_QUEUE_CODEL);
    link->up.conditions.rate_bps = 100000; /* 100 ms a packet */
    link->up.conditions.queue.limit_packets = 2;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(90), 100, 1250);
    link_run_finish(run);
    g_assert_cmpuint(link_run_count(run, MP_FATE_QUEUE_MANAGED), ==, 0);
}

static void a_full_queue_drops_before_codel_does(void)
{
    g_autoptr(MpLink) link = link_with(MP_QUEUE_CODEL);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 210, 1250);
    link_run_finish(run);
    g_assert_cmpuint(link_run_count(run, MP_FATE_QUEUE_FULL), ==, 10);
}

static void codel_serves_a_trace_too(void)
{
    g_autoptr(MpLink) link = link_with(MP_QUEUE_CODEL);
    guint32 millisecond = 1;
    g_array_append_val(link->up.opportunities, millisecond);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_USEC(970), 62000, 1500);
    link_run_finish(run);
    g_assert_cmpfloat(mean_queued_ms(run, MP_SEC(20)), <, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codel/standing-queue", a_standing_queue_is_kept_near_5_ms);
    g_test_add_func("/codel/burst", a_burst_shorter_than_the_interval_loses_nothing);
    g_test_add_func("/codel/control-law", drops_come_at_the_times_of_the_control_law);
    g_test_add_func("/codel/last-packet", a_slow_link_keeps_its_last_packet);
    g_test_add_func("/codel/limit", a_full_queue_drops_before_codel_does);
    g_test_add_func("/codel/trace", codel_serves_a_trace_too);
    return g_test_run();
}
