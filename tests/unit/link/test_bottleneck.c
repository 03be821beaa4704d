/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rate, token bucket, queue limits and mahimahi traces, to the nanosecond. At 1 Mbps a packet of
 * 1250 bytes takes 10 ms.
 */
#include <math.h>

#include "tests/support/link_run.h"

static MpLink *narrow(guint64 rate_bps)
{
    MpLink *link = mp_link_new();
    link->up.conditions.rate_bps = rate_bps;
    return link;
}

static void expect_arrivals(const LinkRun *run, const char *expected)
{
    g_autofree char *arrivals = link_run_arrivals(run);
    g_assert_cmpstr(arrivals, ==, expected);
}

static void expect_lost_to_queue(const LinkRun *run, const char *expected)
{
    g_autofree char *numbers = link_run_numbers(run, MP_FATE_QUEUE_FULL);
    g_assert_cmpstr(numbers, ==, expected);
}

/* A sender that is 10 % too fast: the k-th packet has left when k packets' bits have passed. */
static void no_rate_drifts_by_a_nanosecond_in_5_seconds(void)
{
    static const guint64 rates[] = {300000, 1000000, 7777777, 100000000, 999999937, 1000000000};
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_autoptr(MpLink) link = narrow(rates[i]);
        link->up.conditions.queue.limit_time = MP_MSEC(50);
        g_autoptr(LinkRun) run = link_run_new(link);
        double interval = 9600 * 1e9 / (1.1 * (double)rates[i]);
        for (guint n = 0; n * interval < 5e9; n++)
            link_run_send(run, (MpTime)llround(n * interval), 1200);
        link_run_finish(run);
        guint64 passed = 0;
        for (guint n = 0; n < run->outcomes->len; n++) {
            const MpLinkOutcome *outcome = link_run_at(run, n);
            if (outcome->fate != MP_FATE_DELIVERED)
                continue;
            passed++;
            long double exact = 9600e9L * passed / rates[i];
            g_assert_cmpint(outcome->due, ==, (MpTime)ceill(exact));
        }
        /* Five seconds' worth and what was left in the queue. */
        g_assert_cmpuint(passed, >, 5 * rates[i] / 9600);
    }
}

static void sizes_are_those_of_ip_packets(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send(run, 0, 125);
    link_run_send(run, 0, 1);
    link_run_send(run, 0, 1500);
    link_run_send(run, 0, 9000);
    link_run_finish(run);
    expect_arrivals(run, "1 1.008 13.008 85.008");
    g_assert_cmpint(link_run_at(run, 2)->queued, ==, MP_USEC(13008));
}

static void overfill(LinkRun *run)
{
    link_run_send_every(run, 0, 8, 1250);
    /* Half of the second packet has left at 15 ms: 35 ms are before the next one, then 45, 55. */
    for (guint i = 0; i < 3; i++)
        link_run_send(run, MP_MSEC(15), 1250);
    link_run_finish(run);
}

static void a_queue_limit_in_ms_is_what_a_packet_may_wait_for_others(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    link->up.conditions.queue.limit_time = MP_MSEC(45);
    g_autoptr(LinkRun) run = link_run_new(link);
    overfill(run);
    expect_arrivals(run, "10 20 30 40 50 60 70");
    expect_lost_to_queue(run, "5 6 7 10");

    link->up.conditions.queue.limit_time = MP_MSEC(45) - 1;
    g_autoptr(LinkRun) shorter = link_run_new(link);
    overfill(shorter);
    expect_lost_to_queue(shorter, "5 6 7 9 10");
}

/* However short the queue is, an idle link takes a packet. */
static void the_shortest_queue_lets_packets_pass_one_by_one(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    link->up.conditions.queue.limit_time = MP_MSEC(1);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(5), 4, 1250);
    link_run_finish(run);
    expect_arrivals(run, "10 20");
}

static void a_queue_limit_in_packets_counts_the_one_that_is_sent(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    link->up.conditions.queue.limit_packets = 3;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 5, 1250);
    link_run_send(run, MP_MSEC(10), 1250);
    link_run_finish(run);
    expect_arrivals(run, "10 20 30 40");
    expect_lost_to_queue(run, "3 4");
}

static void without_limits_1000_packets_wait_and_without_rate_any_number(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 1003, 100);
    link_run_finish(run);
    expect_lost_to_queue(run, "1000 1001 1002");

    g_autoptr(MpLink) held = mp_link_new();
    MpLinkOutage outage = {.type = MP_OUTAGE_HOLDS, .length = MP_MSEC(100)};
    g_array_append_val(held->up.outages, outage);
    g_autoptr(LinkRun) waiting = link_run_new(held);
    link_run_send_every(waiting, 0, 5000, 100);
    link_run_finish(waiting);
    g_assert_cmpuint(link_run_count(waiting, MP_FATE_DELIVERED), ==, 5000);

    held->up.conditions.queue.limit_packets = 10;
    g_autoptr(LinkRun) limited = link_run_new(held);
    link_run_send_every(limited, 0, 12, 100);
    link_run_finish(limited);
    expect_lost_to_queue(limited, "10 11");
}

static void a_token_bucket_lets_a_burst_pass_and_then_paces(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    link->up.conditions.burst_bytes = 5000;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 6, 1250);
    /* At 20 ms it is empty, at 45 ms it holds 3125 bytes: two packets and a half. */
    for (guint i = 0; i < 3; i++)
        link_run_send(run, MP_MSEC(45), 1250);
    /* A second later it is full, not fuller. */
    for (guint i = 0; i < 5; i++)
        link_run_send(run, MP_MSEC(1050), 1250);
    link_run_finish(run);
    expect_arrivals(run, "0 0 0 0 10 20 45 45 50 1050 1050 1050 1050 1060");
}

/* 1250 bytes at the old rate and 2500 at the new one: three packets. */
static void an_idle_bucket_fills_at_the_rate_of_the_time(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    link->up.conditions.burst_bytes = 5000;
    MpLinkChange faster = {.at = MP_MSEC(10), .conditions = link->up.conditions};
    faster.conditions.rate_bps = 2000000;
    g_array_append_val(link->up.changes, faster);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 4, 1250);
    for (guint i = 0; i < 4; i++)
        link_run_send(run, MP_MSEC(20), 1250);
    link_run_finish(run);
    expect_arrivals(run, "0 0 0 0 20 20 20 25");
}

static void a_packet_larger_than_the_bucket_still_passes(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    link->up.conditions.burst_bytes = 1500;
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 2, 2750);
    link_run_finish(run);
    expect_arrivals(run, "10 32");
}

static void a_new_rate_holds_for_what_is_queued(void)
{
    g_autoptr(MpLink) link = narrow(1000000);
    MpLinkChange faster = {.at = MP_MSEC(15), .conditions = {.rate_bps = 2000000}};
    MpLinkChange none = {.at = MP_USEC(23500)};
    g_array_append_val(link->up.changes, faster);
    g_array_append_val(link->up.changes, none);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 5, 1250);
    link_run_finish(run);
    expect_arrivals(run, "10 17.5 22.5 23.5 23.5");
}

static MpLink *traced(const guint32 *milliseconds, guint n)
{
    MpLink *link = mp_link_new();
    g_array_append_vals(link->up.opportunities, milliseconds, n);
    return link;
}

static void a_trace_repeats_and_has_equal_moments(void)
{
    static const guint32 milliseconds[] = {5, 5, 10};
    g_autoptr(MpLink) link = traced(milliseconds, G_N_ELEMENTS(milliseconds));
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 7, 1500);
    link_run_finish(run);
    expect_arrivals(run, "5 5 10 15 15 20 25");
}

static void a_trace_may_begin_at_0(void)
{
    static const guint32 milliseconds[] = {0, 10};
    g_autoptr(MpLink) link = traced(milliseconds, G_N_ELEMENTS(milliseconds));
    g_autoptr(LinkRun) run = link_run_new(link);
    /* That of 0 ms has passed when a packet comes at 0 ms; at 10 ms there are two. */
    link_run_send_every(run, 0, 4, 1500);
    link_run_finish(run);
    expect_arrivals(run, "10 10 20 20");
}

static void an_opportunity_carries_1500_bytes_of_whatever_packets(void)
{
    static const guint32 milliseconds[] = {10};
    g_autoptr(MpLink) link = traced(milliseconds, 1);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 3, 500);
    /* The second of these goes partly with the first, the third needs no more than its rest. */
    link_run_send_every(run, 0, 3, 1000);
    link_run_send_every(run, 0, 1, 4000);
    link_run_finish(run);
    expect_arrivals(run, "10 10 10 20 30 30 60");
}

static void what_nobody_uses_of_an_opportunity_is_gone(void)
{
    static const guint32 milliseconds[] = {10};
    g_autoptr(MpLink) link = traced(milliseconds, 1);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send(run, 0, 100);
    link_run_send(run, MP_MSEC(35), 1000);
    link_run_send(run, MP_MSEC(35), 1000);
    link_run_finish(run);
    expect_arrivals(run, "10 40 50");
}

static void a_trace_of_one_a_millisecond_is_12_mbps(void)
{
    static const guint32 milliseconds[] = {1, 2, 3, 4};
    g_autoptr(MpLink) link = traced(milliseconds, G_N_ELEMENTS(milliseconds));
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_USEC(500), 10000, 1200);
    link_run_until(run, MP_SEC(5));
    guint n = link_run_count(run, MP_FATE_DELIVERED);
    g_assert_cmpuint(n, ==, 5000 * 1500 / 1200);
    link_run_finish(run);
}

/* As many as a file may name, all at once. */
static void a_trace_may_say_one_moment_a_million_times(void)
{
    const guint n = 1000000;
    g_autofree guint32 *milliseconds = g_new(guint32, n);
    for (guint i = 0; i < n; i++)
        milliseconds[i] = 5;
    g_autoptr(MpLink) link = traced(milliseconds, n);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send(run, 0, 1500);
    link_run_send(run, 0, 1500);
    link_run_finish(run);
    expect_arrivals(run, "5 5");
}

/* Nine packets of 1500 bytes before it are gone after nine opportunities. */
static void a_trace_has_a_queue_limit_in_ms_too(void)
{
    static const guint32 milliseconds[] = {10, 11, 20};
    g_autoptr(MpLink) link = traced(milliseconds, G_N_ELEMENTS(milliseconds));
    link->up.conditions.queue.limit_time = MP_MSEC(31);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 8, 1500);
    link_run_finish(run);
    expect_arrivals(run, "10 11 20 30 31 40");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bottleneck/rate", no_rate_drifts_by_a_nanosecond_in_5_seconds);
    g_test_add_func("/bottleneck/sizes", sizes_are_those_of_ip_packets);
    g_test_add_func("/bottleneck/limit-ms",
                    a_queue_limit_in_ms_is_what_a_packet_may_wait_for_others);
    g_test_add_func("/bottleneck/limit-shortest", the_shortest_queue_lets_packets_pass_one_by_one);
    g_test_add_func("/bottleneck/limit-packets",
                    a_queue_limit_in_packets_counts_the_one_that_is_sent);
    g_test_add_func("/bottleneck/limit-none",
                    without_limits_1000_packets_wait_and_without_rate_any_number);
    g_test_add_func("/bottleneck/bucket", a_token_bucket_lets_a_burst_pass_and_then_paces);
    g_test_add_func("/bottleneck/bucket-idle", an_idle_bucket_fills_at_the_rate_of_the_time);
    g_test_add_func("/bottleneck/bucket-small", a_packet_larger_than_the_bucket_still_passes);
    g_test_add_func("/bottleneck/rate-change", a_new_rate_holds_for_what_is_queued);
    g_test_add_func("/bottleneck/trace", a_trace_repeats_and_has_equal_moments);
    g_test_add_func("/bottleneck/trace-zero", a_trace_may_begin_at_0);
    g_test_add_func("/bottleneck/trace-bytes",
                    an_opportunity_carries_1500_bytes_of_whatever_packets);
    g_test_add_func("/bottleneck/trace-unused", what_nobody_uses_of_an_opportunity_is_gone);
    g_test_add_func("/bottleneck/trace-rate", a_trace_of_one_a_millisecond_is_12_mbps);
    g_test_add_func("/bottleneck/trace-million", a_trace_may_say_one_moment_a_million_times);
    g_test_add_func("/bottleneck/trace-limit", a_trace_has_a_queue_limit_in_ms_too);
    return g_test_run();
}
