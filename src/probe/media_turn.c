/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between two turns a call rests. A turn begins with an echo that comes back as quickly as at rest:
 * then the queues hold nothing of the way before.
 */
#include "probe/media_turn.h"

#include "base/clock.h"
#include "probe/media_restart.h"

/* Between two looks at whatever may end a wait. */
#define LOOK_INTERVAL MP_MSEC(250)
/* After a change of rate the queue of the rate before drains, which may take longer than there is
 * time to wait. */
#define SETTLE_TIME MP_MSEC(300)
#define MOST_SETTLE_TIME MP_MSEC(1500)
#define SETTLED_WITHIN MP_MSEC(30)
#define DRAIN_INTERVAL MP_MSEC(100)
/* The same between two ways. The echoes asked for at once come within 40 ms (media_source.c). */
#define MOST_DRAIN_TIME MP_MSEC(1500)
#define ASKING_TIME MP_MSEC(60)
/* By which a queue at its full rate has become shorter until the next echo is asked for, and more.
 */
#define DRAINING MP_MSEC(20)
/* The first frame of both cameras: a frame's time, and the round trip by which the far end learns
 * of it, a quarter longer. */
#define FRAME_TIME MP_MSEC(40)
#define MOST_WAKING_TIME MP_MSEC(500)

/* Round trips of our echo requests that left at `since` (CLOCK_REALTIME) or later, MpTime. */
static GArray *round_trips(const MpMediaCall *call, MpTime since)
{
    const MpMediaRecord *record = mp_media_session_record(call->media);
    const guint32 our_ssrc = mp_media_session_echo_ssrc(call->media, TRUE);
    const guint32 their_ssrc = mp_media_session_echo_ssrc(call->media, FALSE);
    GArray *found = g_array_new(FALSE, FALSE, sizeof(MpTime));
    guint next = 0; /* requests leave in order */
    for (guint i = 0; i < record->received->len; i++) {
        const MpRecordEntry *reply = &g_array_index(record->received, MpRecordEntry, i);
        for (guint j = next; reply->ssrc == their_ssrc && j < record->sent->len; j++) {
            const MpRecordEntry *request = &g_array_index(record->sent, MpRecordEntry, j);
            if (request->ssrc != our_ssrc || request->sequence != reply->sequence)
                continue;
            const MpTime round_trip = reply->time - request->time;
            if (request->time >= since)
                g_array_append_val(found, round_trip);
            next = j;
            break;
        }
    }
    return found;
}

static MpTime least_of(const GArray *times)
{
    MpTime least = MP_NEVER;
    for (guint i = 0; i < times->len; i++)
        least = MIN(least, g_array_index(times, MpTime, i));
    return least;
}

static gint compare_times(gconstpointer a, gconstpointer b)
{
    const MpTime x = *(const MpTime *)a;
    const MpTime y = *(const MpTime *)b;
    return (x > y) - (x < y);
}

static MpTime median_of(GArray *times)
{
    g_array_sort(times, compare_times);
    return times->len > 0 ? g_array_index(times, MpTime, times->len / 2) : 0;
}

/* The queue of the rate before has drained: the latest echo was nearly as quick as the quickest. */
static gboolean is_settled(const MpMediaCall *call)
{
    g_autoptr(GArray) times = round_trips(call, 0);
    return times->len == 0 ||
           g_array_index(times, MpTime, times->len - 1) <= least_of(times) + SETTLED_WITHIN;
}

static gboolean settle(MpMediaCall *call)
{
    const MpTime end = mp_clock_now() + MOST_SETTLE_TIME;
    gboolean goes_on = TRUE;
    do
        goes_on = !mp_media_restart_run_for(call, SETTLE_TIME) && !mp_media_call_is_cut_short(call);
    while (goes_on && !is_settled(call) && mp_clock_now() < end);
    return goes_on;
}

void mp_media_turn_drain(MpMediaCall *call)
{
    const MpTime end = mp_clock_now() + MOST_SETTLE_TIME;
    while (!is_settled(call) && mp_clock_now() < end && !mp_media_call_is_cut_short(call)) {
        mp_media_session_set_rate(call->media, 0);
        mp_media_call_run_for(call, DRAIN_INTERVAL);
    }
}

static gboolean is_drained(const MpMediaCall *call)
{
    g_autoptr(GArray) times = round_trips(call, call->turn_began);
    return times->len > 0 && least_of(times) <= call->rest_round_trip + SETTLED_WITHIN;
}

static gboolean is_drained_or_needs_a_look(const MpMediaCall *call)
{
    return is_drained(call) || mp_media_restart_needs_a_look(call);
}

/* Asks for echoes; the least of their round trips, MP_NEVER: none came. */
static MpTime ask(MpMediaCall *call)
{
    const MpTime asked = mp_clock_realtime();
    mp_media_session_set_rate(call->media, 0);
    mp_media_call_wait(call, is_drained_or_needs_a_look, ASKING_TIME + call->rest_round_trip);
    g_autoptr(GArray) times = round_trips(call, asked);
    return least_of(times);
}

/* Until an echo is as quick as at rest, or no quicker than the one before: then the way itself has
 * become longer, for a queue that drains shortens them. FALSE when the media was over. */
static gboolean drain(MpMediaCall *call)
{
    const MpTime end = mp_clock_now() + MOST_DRAIN_TIME;
    MpTime before = MP_NEVER;
    gboolean goes_on = TRUE;
    call->turn_began = mp_clock_realtime();
    if (call->rest_round_trip == 0) {
        g_autoptr(GArray) times = round_trips(call, 0);
        call->rest_round_trip = median_of(times);
    }
    while (goes_on && call->has_turn && !is_drained(call) && mp_clock_now() < end) {
        const MpTime least = ask(call);
        if (before != MP_NEVER && least != MP_NEVER && least + DRAINING >= before)
            call->rest_round_trip = least;
        before = least;
        goes_on = !mp_media_restart_run_for(call, 0) && !mp_media_call_is_cut_short(call);
    }
    return goes_on;
}

static gboolean wake(MpMediaCall *call)
{
    const MpTime span = MIN(FRAME_TIME + call->rest_round_trip * 5 / 4, MOST_WAKING_TIME);
    return !mp_media_restart_run_for(call, span) && !mp_media_call_is_cut_short(call);
}

static gboolean is_my_turn(const MpMediaCall *call)
{
    return mp_turns_is_mine(call->context->turns, call->context->rank) ||
           !mp_turns_is_admitted(call->context->turns, call->context->rank) ||
           mp_media_restart_needs_a_look(call);
}

static gboolean wait_for_turn(MpMediaCall *call)
{
    MpTurns *turns = call->context->turns;
    const guint rank = call->context->rank;
    while (!mp_turns_is_mine(turns, rank)) {
        if (!mp_turns_is_admitted(turns, rank) || mp_media_call_is_cut_short(call))
            return FALSE;
        mp_media_call_wait(call, is_my_turn, LOOK_INTERVAL);
        if (mp_media_restart_run_for(call, 0))
            return FALSE;
    }
    call->has_turn = TRUE;
    return TRUE;
}

void mp_media_turn_join(MpMediaCall *call)
{
    const MpProbeContext *context = call->context;
    const MpTurnsMember member = {
        .loop = call->loop,
        .took = mp_clock_now() - call->began,
        .deadline = call->deadline,
        .full_time = context->full_media_time,
        .relayed_time = context->turn_time * MP_TURNS_ROUNDS,
    };
    call->has_turn = !context->turns;
    call->has_joined = TRUE;
    if (context->turns)
        mp_turns_join(context->turns, context->rank, &member);
}

gboolean mp_media_turn_is_first(const MpMediaCall *call)
{
    const MpProbeContext *context = call->context;
    return !context->turns || mp_turns_is_first(context->turns, context->rank);
}

MpTime mp_media_turn_wanted(const MpMediaCall *call)
{
    const MpProbeContext *context = call->context;
    return mp_media_turn_is_first(call) ? context->full_media_time
                                        : context->turn_time * MP_TURNS_ROUNDS;
}

MpTime mp_media_turn_span(const MpMediaCall *call)
{
    return call->context->turns ? call->context->turn_time : MP_NEVER;
}

/* FALSE when the media was over; a restart may have cost the turn. */
static gboolean change_rate(MpMediaCall *call, const MpTier *tier)
{
    const gboolean is_at_rest = call->rate_kbps == 0;
    if (is_at_rest && !drain(call))
        return FALSE;
    if (!call->has_turn)
        return TRUE;
    call->rate_kbps = tier->rate_kbps;
    mp_media_session_set_rate(call->media, tier->rate_kbps);
    return is_at_rest ? wake(call) : settle(call);
}

gboolean mp_media_turn_await(MpMediaCall *call, const MpTier *tier)
{
    gboolean goes_on = TRUE;
    while (goes_on && (!call->has_turn || call->rate_kbps != tier->rate_kbps))
        goes_on = (call->has_turn || wait_for_turn(call)) && change_rate(call, tier);
    return goes_on;
}

gboolean mp_media_turn_await_at_rest(MpMediaCall *call)
{
    return call->has_turn ||
           (!call->is_finished && wait_for_turn(call) && drain(call) && call->has_turn);
}

static void rest(MpMediaCall *call)
{
    call->has_turn = FALSE;
    call->rested = mp_clock_realtime();
    call->rate_kbps = 0;
    mp_media_session_set_rate(call->media, 0);
}

void mp_media_turn_pass(MpMediaCall *call)
{
    MpTurns *turns = call->context->turns;
    if (!turns || !call->has_turn)
        return;
    mp_turns_pass(turns, call->context->rank);
    if (!mp_turns_is_mine(turns, call->context->rank))
        rest(call);
}

void mp_media_turn_step_aside(MpMediaCall *call)
{
    if (!call->context->turns || call->is_finished)
        return;
    rest(call);
    mp_turns_step_aside(call->context->turns, call->context->rank);
}

void mp_media_turn_return(MpMediaCall *call)
{
    if (call->context->turns && !call->is_finished)
        mp_turns_pass(call->context->turns, call->context->rank);
}

static gboolean all_are_finished(const MpMediaCall *call)
{
    return !mp_turns_is_awaited(call->context->turns, call->context->rank) ||
           mp_media_restart_needs_a_look(call);
}

void mp_media_turn_finish(MpMediaCall *call)
{
    MpTurns *turns = call->context->turns;
    const guint rank = call->context->rank;
    if (!turns || !call->has_joined || call->is_finished)
        return;
    gboolean goes_on = !mp_media_restart_is_over(call) && call->runs->len > 0;
    rest(call);
    call->is_finished = TRUE;
    if (goes_on)
        mp_turns_finish(turns, rank);
    else
        mp_turns_leave(turns, rank);
    while (goes_on && mp_turns_is_awaited(turns, rank) && !mp_media_call_is_cut_short(call)) {
        mp_media_call_wait(call, all_are_finished, LOOK_INTERVAL);
        goes_on = !mp_media_restart_run_for(call, 0);
    }
    call->stage_began = mp_clock_now();
}

void mp_media_turn_leave(MpMediaCall *call)
{
    if (call->context->turns)
        mp_turns_leave(call->context->turns, call->context->rank);
}

gboolean mp_media_turn_is_refused(const MpMediaCall *call)
{
    return call->context->turns && !mp_turns_is_admitted(call->context->turns, call->context->rank);
}
