/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changes under a call, in virtual time: what is noted, when a check and a restart are due.
 */
#include "session/call_watch.h"

#define START MP_SEC(100)
#define PACKET MP_MSEC(20)

static MpAddress address(const char *text)
{
    MpAddress parsed;
    g_assert_true(mp_address_parse_with_port(&parsed, text));
    return parsed;
}

/* Media every 20 ms until `end`, with the timer's turns between. */
static MpTime flow(MpCallWatch *watch, MpTime from, MpTime end)
{
    MpTime now = from;
    for (; now <= end; now += PACKET) {
        mp_call_watch_note_media(watch, now);
        mp_call_watch_advance(watch, now);
    }
    return now - PACKET;
}

/* Nothing comes until `end`; the number of checks that fall due. */
static guint wait_until(MpCallWatch *watch, MpTime end)
{
    guint checks = 0;
    for (MpTime next = mp_call_watch_deadline(watch); next <= end;
         next = mp_call_watch_deadline(watch))
        checks += mp_call_watch_advance(watch, next) ? 1 : 0;
    return checks;
}

static const MpCallEvent *event_at(MpCallWatch *watch, guint index)
{
    const GArray *events = mp_call_watch_events(watch);
    g_assert_cmpuint(index, <, events->len);
    return &g_array_index(events, MpCallEvent, index);
}

static void restart(MpCallWatch *watch, MpTime now, MpTime took)
{
    const MpAddress local = address("192.0.2.1:1000");
    mp_call_watch_note_restart_begun(watch, now);
    mp_call_watch_note_restarted(watch, now + took, &local, &local);
}

/* RFC 7675 section 5.1: every 5 s, each time between 4 and 6. */
static void consent_is_checked_every_five_seconds(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = 0;
    guint checks = 0;
    for (MpTime now = START; now < START + MP_SEC(60); now += PACKET) {
        mp_call_watch_note_media(watch, now);
        if (!mp_call_watch_advance(watch, now))
            continue;
        if (checks++ > 0) {
            g_assert_cmpint(now - last, >=, MP_SEC(4));
            g_assert_cmpint(now - last, <=, MP_SEC(6) + PACKET);
        }
        last = now;
    }
    g_assert_cmpuint(checks, >=, 10);
    g_assert_cmpuint(mp_call_watch_events(watch)->len, ==, 0);
    g_assert_cmpint(mp_call_watch_outage(watch, START + MP_SEC(60)), ==, 0);
}

/* A call at rest sends every 100 ms: as long a gap is none, though a cause is in sight. */
static void a_call_at_rest_may_be_quiet_for_longer(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    const MpAddress ours = address("192.0.2.1:0");
    MpTime now = flow(watch, START, START + MP_SEC(1));
    mp_call_watch_note_rest(watch, now, TRUE);
    mp_call_watch_note_address(watch, now, &ours, FALSE, TRUE);
    for (guint i = 0; i < 10; i++) {
        now += MP_MSEC(120);
        g_assert_false(mp_call_watch_is_quiet(watch, now));
        mp_call_watch_advance(watch, now);
        mp_call_watch_note_media(watch, now);
    }
    g_assert_cmpuint(mp_call_watch_events(watch)->len, ==, 1);
    mp_call_watch_advance(watch, now + MP_MSEC(310));
    g_assert_cmpint(event_at(watch, 1)->kind, ==, MP_CALL_MEDIA_STOPPED);
    g_assert_true(mp_call_watch_is_quiet(watch, now + MP_MSEC(310)));
}

/* The first packets of a call that wakes take a round trip to come. */
static void a_call_that_wakes_has_a_moment(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime now = flow(watch, START, START + MP_SEC(1));
    mp_call_watch_note_rest(watch, now, TRUE);
    mp_call_watch_note_media(watch, now + MP_MSEC(100));
    mp_call_watch_note_rest(watch, now + MP_MSEC(150), FALSE);
    g_assert_false(mp_call_watch_is_quiet(watch, now + MP_MSEC(250)));
    now = flow(watch, now + MP_MSEC(260), now + MP_SEC(1));
    g_assert_true(mp_call_watch_is_quiet(watch, now + MP_MSEC(110)));
}

static void a_handover_is_no_event(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = flow(watch, START, START + MP_SEC(2));
    wait_until(watch, last + MP_MSEC(800));
    flow(watch, last + MP_MSEC(810), last + MP_SEC(2));

    g_assert_cmpuint(mp_call_watch_events(watch)->len, ==, 0);
}

static void silence_is_noted_checked_and_restarted(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = flow(watch, START, START + MP_SEC(2));

    g_assert_cmpuint(wait_until(watch, last + MP_MSEC(390)), ==, 0);
    g_assert_cmpuint(wait_until(watch, last + MP_MSEC(1990)), ==,
                     7); /* from 400 ms on, every 250 */
    g_assert_cmpuint(event_at(watch, 0)->kind, ==, MP_CALL_MEDIA_STOPPED);
    g_assert_cmpint(event_at(watch, 0)->when, ==, last);
    g_assert_false(mp_call_watch_wants_restart(watch, last + MP_MSEC(1990)));
    g_assert_true(mp_call_watch_wants_restart(watch, last + MP_SEC(2)));

    restart(watch, last + MP_SEC(2), MP_MSEC(100));
    mp_call_watch_note_media(watch, last + MP_MSEC(2110));
    g_assert_cmpuint(event_at(watch, 3)->kind, ==, MP_CALL_MEDIA_RESUMED);
    g_assert_cmpint(event_at(watch, 3)->span, ==, MP_MSEC(2110));
    g_assert_cmpint(mp_call_watch_outage(watch, last + MP_SEC(3)), ==, MP_MSEC(2110));
    g_assert_false(mp_call_watch_is_troubled(watch));
}

/* 100 ms let the new address and its routes come. */
static void a_lost_address_restarts_at_once(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    const MpAddress gone = address("10.0.0.2:0");
    MpTime now = flow(watch, START, START + MP_SEC(2));

    mp_call_watch_note_address(watch, now, &gone, FALSE, TRUE);
    g_assert_true(mp_call_watch_is_troubled(watch));
    g_assert_false(mp_call_watch_wants_restart(watch, now + MP_MSEC(90)));
    g_assert_true(mp_call_watch_wants_restart(watch, now + MP_MSEC(100)));
    restart(watch, now + MP_MSEC(100), MP_MSEC(90));
    mp_call_watch_note_media(watch, now + MP_MSEC(200));

    g_assert_cmpint(mp_call_watch_outage(watch, now + MP_SEC(1)), ==, MP_MSEC(200));
}

static void another_address_restarts_nothing(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    const MpAddress other = address("10.0.0.9:0");
    MpTime now = flow(watch, START, START + MP_SEC(2));

    mp_call_watch_note_address(watch, now, &other, FALSE, FALSE);
    g_assert_cmpuint(event_at(watch, 0)->kind, ==, MP_CALL_ADDRESS_GONE);
    g_assert_false(mp_call_watch_wants_restart(watch, now + MP_MSEC(900)));
}

static void only_a_second_mapping_is_a_change(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    const MpAddress first = address("192.0.2.1:5000");
    const MpAddress second = address("192.0.2.1:6000");
    MpTime now = flow(watch, START, START + MP_SEC(1));

    mp_call_watch_note_mapping(watch, now, &first, FALSE);
    mp_call_watch_note_mapping(watch, now, &second, TRUE); /* the relay's view is its own */
    mp_call_watch_note_mapping(watch, now, &first, FALSE);
    g_assert_false(mp_call_watch_wants_restart(watch, now));
    mp_call_watch_note_mapping(watch, now, &second, FALSE);
    g_assert_true(mp_call_watch_wants_restart(watch, now));
    g_assert_true(mp_address_equal(&event_at(watch, 0)->before, &first));
    g_assert_true(mp_address_equal(&event_at(watch, 0)->address, &second));

    /* The new pair's sockets are others. */
    restart(watch, now, MP_MSEC(100));
    mp_call_watch_note_mapping(watch, now + MP_MSEC(200), &first, FALSE);
    g_assert_false(mp_call_watch_wants_restart(watch, now + MP_MSEC(200)));
}

/* A NAT that lets the far end's media in and shows ours under another port. */
static void a_far_end_that_hears_nothing_has_the_path_checked_often(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime now = flow(watch, START, START + MP_SEC(1));
    mp_call_watch_note_heard(watch, FALSE);
    guint checks = 0;
    for (MpTime end = now + MP_SEC(1); now < end; now += PACKET) {
        mp_call_watch_note_media(watch, now);
        checks += mp_call_watch_advance(watch, now) ? 1 : 0;
    }
    g_assert_cmpuint(checks, ==, 4);
    g_assert_false(mp_call_watch_wants_restart(watch, now));

    mp_call_watch_note_heard(watch, TRUE);
    mp_call_watch_advance(watch, now);
    g_assert_cmpint(mp_call_watch_deadline(watch), >, now);
}

/* RFC 8656 section 7.3. */
static void a_437_is_noted_once_and_not_after_a_new_mapping(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    const MpAddress first = address("192.0.2.1:5000");
    const MpAddress second = address("192.0.2.1:6000");
    MpTime now = flow(watch, START, START + MP_SEC(1));

    mp_call_watch_note_relay(watch, now, 0);
    mp_call_watch_note_relay(watch, now, 437);
    mp_call_watch_note_relay(watch, now, 437);
    g_assert_cmpuint(mp_call_watch_events(watch)->len, ==, 1);
    g_assert_true(mp_call_watch_wants_restart(watch, now));

    restart(watch, now, MP_MSEC(90));
    mp_call_watch_note_mapping(watch, now, &first, TRUE);
    mp_call_watch_note_mapping(watch, now, &second, TRUE);
    mp_call_watch_note_relay(watch, now, 437);
    g_assert_cmpuint(mp_call_watch_events(watch)->len, ==, 4);
}

static void failures_are_tried_again_until_patience_ends(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = flow(watch, START, START + MP_SEC(1));
    guint attempts = 0;
    for (MpTime now = last; now < last + MP_SEC(11); now += MP_MSEC(10)) {
        mp_call_watch_advance(watch, now);
        if (!mp_call_watch_wants_restart(watch, now))
            continue;
        mp_call_watch_note_restart_begun(watch, now);
        mp_call_watch_note_restart_failed(watch, now, 0, "refused", FALSE);
        attempts++;
    }
    g_assert_cmpuint(attempts, ==, 6); /* after 2, 2.5, 3.5, 5.5, 7.5 and 9.5 s */
    g_assert_false(mp_call_watch_has_given_up(watch, last + MP_SEC(11)));
    g_assert_true(mp_call_watch_has_given_up(watch, last + MP_SEC(12)));
}

static void a_call_that_nobody_knows_is_over(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = flow(watch, START, START + MP_SEC(1));
    wait_until(watch, last + MP_SEC(2));
    mp_call_watch_note_restart_begun(watch, last + MP_SEC(2));
    mp_call_watch_note_restart_failed(watch, last + MP_SEC(2), 404, "refused", TRUE);

    g_assert_true(mp_call_watch_is_gone(watch));
    g_assert_true(mp_call_watch_has_given_up(watch, last + MP_SEC(2)));
    g_assert_false(mp_call_watch_wants_restart(watch, last + MP_SEC(9)));
}

/* What cuts every flow after a moment would be restarted for ever. */
static void a_cut_that_returns_is_restarted_twice(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = flow(watch, START, START + MP_SEC(1));
    for (guint i = 0; i < 2; i++) {
        wait_until(watch, last + MP_SEC(2));
        g_assert_true(mp_call_watch_wants_restart(watch, last + MP_SEC(2)));
        restart(watch, last + MP_SEC(2), MP_MSEC(100));
        last = flow(watch, last + MP_MSEC(2110), last + MP_MSEC(2200));
    }
    wait_until(watch, last + MP_SEC(4));
    g_assert_false(mp_call_watch_wants_restart(watch, last + MP_SEC(4)));
    g_assert_true(mp_call_watch_has_given_up(watch, last + MP_SEC(4)));
}

static void the_end_of_the_call_is_no_outage(void)
{
    g_autoptr(MpCallWatch) watch = mp_call_watch_new();
    MpTime last = flow(watch, START, START + MP_SEC(1));
    mp_call_watch_end(watch, last + MP_MSEC(50));

    g_assert_cmpint(mp_call_watch_deadline(watch), ==, MP_NEVER);
    g_assert_cmpint(mp_call_watch_outage(watch, last + MP_SEC(9)), ==, 0);
    g_assert_cmpuint(mp_call_watch_events(watch)->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/call-watch/consent", consent_is_checked_every_five_seconds);
    g_test_add_func("/call-watch/rest", a_call_at_rest_may_be_quiet_for_longer);
    g_test_add_func("/call-watch/waking", a_call_that_wakes_has_a_moment);
    g_test_add_func("/call-watch/handover", a_handover_is_no_event);
    g_test_add_func("/call-watch/silence", silence_is_noted_checked_and_restarted);
    g_test_add_func("/call-watch/address", a_lost_address_restarts_at_once);
    g_test_add_func("/call-watch/other-address", another_address_restarts_nothing);
    g_test_add_func("/call-watch/mapping", only_a_second_mapping_is_a_change);
    g_test_add_func("/call-watch/unheard", a_far_end_that_hears_nothing_has_the_path_checked_often);
    g_test_add_func("/call-watch/437", a_437_is_noted_once_and_not_after_a_new_mapping);
    g_test_add_func("/call-watch/failures", failures_are_tried_again_until_patience_ends);
    g_test_add_func("/call-watch/gone", a_call_that_nobody_knows_is_over);
    g_test_add_func("/call-watch/relapse", a_cut_that_returns_is_restarted_twice);
    g_test_add_func("/call-watch/end", the_end_of_the_call_is_no_outage);
    return g_test_run();
}
