/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Changes and outages at their nanosecond.
 */
#include "link/link_schedule.h"

#include "tests/support/link_run.h"

static void add_outage(MpLink *link, MpOutageType type, MpTime at, MpTime length, MpTime every)
{
    MpLinkOutage outage = {.type = type, .at = at, .length = length, .every = every};
    g_array_append_val(link->up.outages, outage);
}

static void add_delay(MpLink *link, MpTime at, MpTime delay)
{
    MpLinkChange change = {.at = at, .conditions = {.delay = delay}};
    g_array_append_val(link->up.changes, change);
}

static void expect(const LinkRun *run, const char *arrivals, const char *in_outage)
{
    g_autofree char *times = link_run_arrivals(run);
    g_autofree char *numbers = link_run_numbers(run, MP_FATE_OUTAGE);
    g_assert_cmpstr(times, ==, arrivals);
    g_assert_cmpstr(numbers, ==, in_outage);
}

static void an_outage_loses_what_comes_from_its_start_to_before_its_end(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    add_outage(link, MP_OUTAGE_DROPS, MP_MSEC(20), MP_MSEC(20), 0);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(10), 6, 100);
    link_run_send(run, MP_MSEC(60), 100);
    link_run_finish(run);
    expect(run, "0 10 40 50 60", "2 3");
}

static void what_left_before_an_outage_arrives_during_it(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(30);
    add_outage(link, MP_OUTAGE_DROPS, MP_MSEC(20), MP_MSEC(20), 0);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(10), 5, 100);
    link_run_finish(run);
    expect(run, "30 40 70", "2 3");
}

static void an_outage_comes_again_and_again(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    add_outage(link, MP_OUTAGE_DROPS, MP_MSEC(20), MP_MSEC(10), MP_MSEC(50));
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(10), 14, 100);
    link_run_finish(run);
    expect(run, "0 10 30 40 50 60 80 90 100 110 130", "2 7 12");
    /* A day without a packet later. */
    link_run_send(run, MP_SEC(86400) + MP_MSEC(25), 100);
    link_run_send(run, MP_SEC(86400) + MP_MSEC(30), 100);
    link_run_finish(run);
    g_assert_cmpuint(link_run_count(run, MP_FATE_OUTAGE), ==, 4);
}

static void outages_may_overlap(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    add_outage(link, MP_OUTAGE_DROPS, MP_MSEC(10), MP_MSEC(20), 0);
    add_outage(link, MP_OUTAGE_DROPS, MP_MSEC(20), MP_MSEC(20), 0);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(10), 6, 100);
    link_run_finish(run);
    expect(run, "0 40 50", "1 2 3");
}

static void a_handover_holds_packets_and_lets_them_go_in_order(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(5);
    add_outage(link, MP_OUTAGE_HOLDS, MP_MSEC(20), MP_MSEC(25), MP_MSEC(100));
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(10), 14, 100);
    link_run_finish(run);
    expect(run, "5 15 50 50 50 55 65 75 85 95 105 115 150 150", "");
    for (guint i = 0; i < run->outcomes->len; i++)
        g_assert_cmpuint(link_run_at(run, i)->number, ==, i);
    g_assert_cmpint(link_run_at(run, 2)->queued, ==, MP_MSEC(25));
}

/* 10 ms a packet: half of the second one has passed when the link stops. */
static void a_handover_stops_a_bottleneck(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.rate_bps = 1000000;
    add_outage(link, MP_OUTAGE_HOLDS, MP_MSEC(15), MP_MSEC(30), 0);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 3, 1250);
    link_run_finish(run);
    expect(run, "10 50 60", "");
}

static void a_handover_wastes_a_traces_opportunities(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    guint32 milliseconds = 10;
    g_array_append_val(link->up.opportunities, milliseconds);
    add_outage(link, MP_OUTAGE_HOLDS, MP_MSEC(15), MP_MSEC(30), 0);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 3, 1500);
    link_run_finish(run);
    expect(run, "10 50 60", "");
}

static void a_change_holds_from_its_nanosecond_on(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(10);
    add_delay(link, MP_MSEC(20), MP_MSEC(30));
    add_delay(link, MP_MSEC(90), MP_MSEC(1));
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send(run, MP_MSEC(20) - 1, 100);
    link_run_send(run, MP_MSEC(20), 100);
    link_run_send(run, MP_MSEC(85), 100);
    /* Packets wait for the one before, also where the path gets shorter. */
    link_run_send(run, MP_MSEC(91), 100);
    link_run_send(run, MP_MSEC(120), 100);
    link_run_finish(run);
    expect(run, "29.999999 50 115 115 121", "");
}

static void a_shorter_path_is_overtaken_where_packets_may(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    MpLinkChange change = {.at = MP_MSEC(10),
                           .conditions = {.delay = MP_MSEC(5), .jitter.reorders = TRUE}};
    link->up.conditions.delay = MP_MSEC(50);
    g_array_append_val(link->up.changes, change);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, MP_MSEC(10), 3, 100);
    link_run_finish(run);
    expect(run, "15 25 50", "");
}

static void add_reordering_delay(MpLink *link, MpTime at, MpTime delay, gboolean reorders)
{
    MpLinkChange change = {
        .at = at,
        .conditions = {.delay = delay, .rate_bps = 1000000, .jitter.reorders = reorders},
    };
    g_array_append_val(link->up.changes, change);
}

static void no_second_copy_overtakes_its_first(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions = (MpLinkConditions){
        .delay = MP_MSEC(50), .rate_bps = 1000000, .duplicate = 1, .jitter.reorders = TRUE};
    add_reordering_delay(link, MP_MSEC(15), 0, TRUE);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 2, 1250);
    link_run_finish(run);
    /* The copies leave the bottleneck at 20 and 40 ms, the second packet's after its first. */
    expect(run, "30 40 60 60", "");
    g_assert_true(link_run_at(run, 3)->is_copy && link_run_at(run, 3)->number == 0);
}

/* One packet is far away, one overtakes it; the third keeps behind the second only. */
static void order_that_begins_again_counts_from_the_packet_before(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    add_reordering_delay(link, 0, MP_MSEC(100), TRUE);
    add_reordering_delay(link, MP_MSEC(15), MP_MSEC(1), TRUE);
    add_reordering_delay(link, MP_MSEC(25), MP_MSEC(30), FALSE);
    g_autoptr(LinkRun) run = link_run_new(link);
    link_run_send_every(run, 0, 3, 1250);
    link_run_finish(run);
    expect(run, "21 60 110", "");
}

static void everything_counts_from_the_links_start(void)
{
    g_autoptr(MpLink) link = mp_link_new();
    add_outage(link, MP_OUTAGE_DROPS, MP_MSEC(20), MP_MSEC(20), 0);
    add_delay(link, 0, MP_MSEC(7));
    MpLinkSchedule schedule;
    mp_link_schedule_init(&schedule, &link->up, MP_SEC(1000));
    g_assert_cmpint(schedule.conditions.delay, ==, MP_MSEC(7));
    g_assert_cmpint(schedule.next_change, ==, MP_NEVER);
    g_assert_cmpint(schedule.next_outage, ==, MP_SEC(1000) + MP_MSEC(20));
    mp_link_schedule_move(&schedule, MP_SEC(1000) + MP_MSEC(39));
    g_assert_true(schedule.drops);
    g_assert_cmpint(schedule.next_outage, ==, MP_SEC(1000) + MP_MSEC(40));
    mp_link_schedule_move(&schedule, MP_SEC(1001));
    g_assert_false(schedule.drops);
    g_assert_cmpint(schedule.next_outage, ==, MP_NEVER);
    mp_link_schedule_clear(&schedule);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schedule/outage",
                    an_outage_loses_what_comes_from_its_start_to_before_its_end);
    g_test_add_func("/schedule/outage-flight", what_left_before_an_outage_arrives_during_it);
    g_test_add_func("/schedule/outage-periodic", an_outage_comes_again_and_again);
    g_test_add_func("/schedule/outage-overlap", outages_may_overlap);
    g_test_add_func("/schedule/hold", a_handover_holds_packets_and_lets_them_go_in_order);
    g_test_add_func("/schedule/hold-rate", a_handover_stops_a_bottleneck);
    g_test_add_func("/schedule/hold-trace", a_handover_wastes_a_traces_opportunities);
    g_test_add_func("/schedule/change", a_change_holds_from_its_nanosecond_on);
    g_test_add_func("/schedule/change-overtake", a_shorter_path_is_overtaken_where_packets_may);
    g_test_add_func("/schedule/change-copy", no_second_copy_overtakes_its_first);
    g_test_add_func("/schedule/change-order",
                    order_that_begins_again_counts_from_the_packet_before);
    g_test_add_func("/schedule/start", everything_counts_from_the_links_start);
    return g_test_run();
}
