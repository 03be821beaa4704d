/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tiers from the highest down, until one is carried.
 */
#include "probe/media_run.h"

#include "base/clock.h"
#include "probe/media_changes.h"
#include "probe/media_facts.h"
#include "probe/media_restart.h"
#include "probe/media_turn.h"

/* A tier that loses more, in percent, is given up early. */
#define EARLY_LOSS 10.0
#define LOOK_INTERVAL MP_MSEC(250)
#define LEAST_TIER_TIME MP_MSEC(1000)
#define LOWER_TIER_TIME MP_MSEC(1200)
/* The far end's report of a turn that has ended. */
#define REPORT_TIME MP_MSEC(50)
/* Of media that came back: enough to see that it stays. */
#define RESUMED_TIME MP_MSEC(1000)

/* Something other than the rate keeps media: a lower tier would not mend it. */
static gboolean is_disturbed(const MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    const MpTime now = mp_clock_now();
    return mp_call_watch_is_troubled(watch) || mp_call_watch_is_quiet(watch, now) ||
           mp_call_watch_outage(watch, now) > 0;
}

static MpTierRun *last_run(const MpMediaCall *call)
{
    return &g_array_index(call->runs, MpTierRun, call->runs->len - 1);
}

static MpMediaWindow *last_window(const MpMediaCall *call)
{
    return mp_tier_run_window(last_run(call), last_run(call)->windows->len - 1);
}

static gboolean loses_too_much(const MpMediaCall *call)
{
    return last_run(call)->span > LEAST_TIER_TIME && !is_disturbed(call) &&
           mp_media_session_loss_percent(call->media) > EARLY_LOSS;
}

/* Rounds are told apart while other ways take part in them. */
static void open_window(MpMediaCall *call)
{
    MpTurns *turns = call->context->turns;
    GArray *windows = last_run(call)->windows;
    const gboolean are_apart = turns && windows->len > 0 &&
                               last_window(call)->round < MP_TURNS_ROUNDS;
    mp_media_window_open(windows, mp_clock_realtime(), call->rested,
                         turns ? mp_turns_round(turns) : 0, are_apart);
}

/* One turn, or as much of it as the tier still wants. FALSE when the media was over. */
static gboolean measure(MpMediaCall *call, MpTime span)
{
    const MpTime began = mp_clock_now();
    const MpTime end = began + span;
    const MpTime before = last_run(call)->span;
    gboolean is_over = FALSE;
    open_window(call);
    while (!is_over && call->has_turn && mp_clock_now() < end && !loses_too_much(call) &&
           !mp_media_call_is_cut_short(call)) {
        is_over = mp_media_restart_run_for(call, MIN(LOOK_INTERVAL, end - mp_clock_now()));
        last_window(call)->last = call->has_turn ? mp_clock_realtime() : call->rested;
        last_run(call)->span = before + mp_clock_now() - began;
    }
    return !is_over;
}

/* A turn's worth; what would be left behind it is too little for another one. */
static MpTime next_span(const MpMediaCall *call, MpTime wanted)
{
    const MpTime left = wanted - last_run(call)->span;
    const MpTime turn = mp_media_turn_span(call);
    return left - turn < turn / 2 ? left : turn;
}

/* FALSE when the media was over before its time. */
static gboolean run_tier(MpMediaCall *call, guint index)
{
    const MpTier *tier = &g_array_index(call->step->tiers, MpTier, index);
    const MpTierRun run = {.tier = tier,
                           .windows = g_array_new(FALSE, FALSE, sizeof(MpMediaWindow))};
    MpTime wanted = 0;
    gboolean goes_on = TRUE;
    g_array_append_val(call->runs, run);
    do {
        wanted = index == 0 ? mp_media_turn_wanted(call) : LOWER_TIER_TIME;
        goes_on = mp_media_turn_await(call, tier) && measure(call, next_span(call, wanted));
        if (goes_on)
            mp_media_turn_pass(call);
    } while (goes_on && last_run(call)->span < wanted && !loses_too_much(call) &&
             !mp_media_call_is_cut_short(call));
    if (last_run(call)->windows->len == 0)
        g_array_set_size(call->runs, call->runs->len - 1);
    return goes_on;
}

static void await_report(MpMediaCall *call)
{
    if (call->rate_kbps == 0)
        mp_media_restart_run_for(call, REPORT_TIME + call->rest_round_trip * 5 / 4);
}

/* Media that is out when its time is over is given the time to come back. */
static void recover(MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    gboolean was_out = FALSE;
    gboolean is_over = mp_media_restart_is_over(call);
    while (!is_over && !mp_media_call_is_cut_short(call) &&
           (mp_call_watch_is_troubled(watch) || mp_call_watch_is_quiet(watch, mp_clock_now()))) {
        was_out |= mp_call_watch_is_troubled(watch);
        is_over = mp_media_restart_run_for(call, LOOK_INTERVAL);
    }
    if (was_out && !is_over)
        mp_media_call_run_for(call, RESUMED_TIME);
}

static MpTime measured_time(const MpMediaCall *call)
{
    MpTime span = 0;
    for (guint i = 0; i < call->runs->len; i++)
        span += g_array_index(call->runs, MpTierRun, i).span;
    return span;
}

/* How the media ended. */
static gboolean end_media(MpMediaCall *call)
{
    const MpMediaInstants *instants = mp_media_session_instants(call->media);
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    if (instants->consent_lost)
        json_object_set_double_member(call->measurement->facts, "consent_lost_ms",
                                      mp_time_to_ms(instants->consent_lost - call->began));
    if (mp_call_watch_is_gone(watch))
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_RESET, 0,
                                       "the far end no longer knows the call");
    if (instants->consent_lost)
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_SILENT, 0, "consent was lost");
    if (instants->ended_by_peer)
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_RESET, 0,
                                       "the far end ended the call");
    /* The way connects, and media passes for a moment: its figures say what it is worth. */
    if (mp_call_watch_is_relapsing(watch))
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_ANSWERED, 0,
                                       "media stopped again after every restart");
    if (mp_call_watch_has_given_up(watch, mp_clock_now()))
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_SILENT, 0,
                                       "media stopped, and no restart brought it back");
    if (g_cancellable_is_cancelled(call->context->cancellable))
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_NOT_RUN, 0, "interrupted");
    /* A handful of packets would make any way look good. */
    if (measured_time(call) < MIN(LEAST_TIER_TIME, call->step->media_time) * 9 / 10)
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_NOT_RUN, 0,
                                       "the time limit of the check was reached");
    return mp_media_call_end_stage(call, "media", MP_OUTCOME_ANSWERED, 0, NULL);
}

gboolean mp_media_run(MpMediaCall *call)
{
    const GArray *tiers = call->step->tiers;
    gboolean goes_on = TRUE;
    mp_media_turn_join(call);
    for (guint i = 0; i < tiers->len && goes_on; i++) {
        goes_on = run_tier(call, i) && !mp_media_call_is_cut_short(call);
        if (goes_on)
            await_report(call);
        if (is_disturbed(call) || mp_media_session_loss_percent(call->media) <= MP_MEDIA_TIER_LOSS)
            break;
    }
    /* What comes back comes back beside the others. */
    if (is_disturbed(call) || mp_media_restart_is_over(call))
        mp_media_turn_finish(call);
    recover(call);
    mp_media_changes_note(call->measurement->facts, call->media, call->began);
    return end_media(call);
}
