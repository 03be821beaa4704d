/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tiers from the highest down, until one is carried.
 */
#include "probe/media_run.h"

#include "base/clock.h"
#include "probe/media_changes.h"
#include "probe/media_facts.h"
#include "probe/media_restart.h"

/* A tier that loses more, in percent, is given up early. */
#define EARLY_LOSS 10.0
#define LOOK_INTERVAL MP_MSEC(250)
#define LEAST_TIER_TIME MP_MSEC(1000)
#define LOWER_TIER_TIME MP_MSEC(1200)
/* After a change of rate the queue of the rate before drains, which may take longer than there is
 * time to wait. */
#define SETTLE_TIME MP_MSEC(300)
#define MOST_SETTLE_TIME MP_MSEC(1500)
#define DRAIN_INTERVAL MP_MSEC(100)
#define SETTLED_WITHIN MP_MSEC(30)
/* Of media that came back: enough to see that it stays. */
#define RESUMED_TIME MP_MSEC(1000)

static gboolean media_is_over(const MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    return mp_media_session_instants(call->media)->ended_by_peer ||
           mp_call_watch_has_given_up(watch, mp_clock_now());
}

static gboolean needs_a_look(const MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    return media_is_over(call) || mp_call_watch_wants_restart(watch, mp_clock_now());
}

/* Runs for that long, restarting ICE where that is called for. TRUE: the media is over. */
static gboolean run_for(MpMediaCall *call, MpTime span)
{
    if (mp_media_call_wait(call, needs_a_look, span) && !media_is_over(call))
        mp_media_restart_if_wanted(call);
    return media_is_over(call);
}

/* Something other than the rate keeps media: a lower tier would not mend it. */
static gboolean is_disturbed(const MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    const MpTime now = mp_clock_now();
    return mp_call_watch_is_troubled(watch) || mp_call_watch_is_quiet(watch, now) ||
           mp_call_watch_outage(watch, now) > 0;
}

/* The queue of the rate before has drained: the latest echo was nearly as quick as the quickest. */
static gboolean is_settled(const MpMediaCall *call)
{
    const MpMediaRecord *record = mp_media_session_record(call->media);
    const guint32 our_ssrc = mp_media_session_echo_ssrc(call->media, TRUE);
    const guint32 their_ssrc = mp_media_session_echo_ssrc(call->media, FALSE);
    MpTime least = MP_NEVER;
    MpTime latest = 0;
    guint next = 0; /* requests leave in order */
    for (guint i = 0; i < record->received->len; i++) {
        const MpRecordEntry *reply = &g_array_index(record->received, MpRecordEntry, i);
        for (guint j = next; reply->ssrc == their_ssrc && j < record->sent->len; j++) {
            const MpRecordEntry *request = &g_array_index(record->sent, MpRecordEntry, j);
            if (request->ssrc != our_ssrc || request->sequence != reply->sequence)
                continue;
            latest = reply->time - request->time;
            least = MIN(least, latest);
            next = j;
            break;
        }
    }
    return least == MP_NEVER || latest <= least + SETTLED_WITHIN;
}

/* FALSE when the media was over before its time. */
static gboolean settle(MpMediaCall *call)
{
    const MpTime end = mp_clock_now() + MOST_SETTLE_TIME;
    gboolean goes_on = TRUE;
    do
        goes_on = !run_for(call, SETTLE_TIME) && !mp_media_call_is_cut_short(call);
    while (goes_on && !is_settled(call) && mp_clock_now() < end);
    return goes_on;
}

void mp_media_run_drain(MpMediaCall *call)
{
    const MpTime end = mp_clock_now() + MOST_SETTLE_TIME;
    while (!is_settled(call) && mp_clock_now() < end && !mp_media_call_is_cut_short(call)) {
        mp_media_session_set_rate(call->media, 0);
        mp_media_call_run_for(call, DRAIN_INTERVAL);
    }
}

/* Runs one tier; FALSE when the media was over before its time. */
static gboolean run_tier(MpMediaCall *call, const MpTier *tier, MpTime span)
{
    gboolean is_first = call->runs->len == 0;
    if (!is_first)
        mp_media_session_set_rate(call->media, tier->rate_kbps);
    if (!is_first && !settle(call))
        return FALSE;

    MpTime start = mp_clock_now();
    MpMediaWindow window = {.first = mp_clock_realtime()};
    MpTierRun run = {.tier = tier, .windows = g_array_new(FALSE, FALSE, sizeof(MpMediaWindow))};
    gboolean is_over = FALSE;
    while (!is_over && mp_clock_now() < start + span && !mp_media_call_is_cut_short(call)) {
        MpTime left = start + span - mp_clock_now();
        is_over = run_for(call, MIN(LOOK_INTERVAL, left));
        if (mp_clock_now() - start > LEAST_TIER_TIME && !is_disturbed(call) &&
            mp_media_session_loss_percent(call->media) > EARLY_LOSS)
            break;
    }
    window.last = mp_clock_realtime();
    g_array_append_val(run.windows, window);
    g_array_append_val(call->runs, run);
    return !is_over;
}

/* Media that is out when its time is over is given the time to come back. */
static void recover(MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    gboolean was_out = FALSE;
    gboolean is_over = FALSE;
    while (!is_over && !mp_media_call_is_cut_short(call) &&
           (mp_call_watch_is_troubled(watch) || mp_call_watch_is_quiet(watch, mp_clock_now()))) {
        was_out |= mp_call_watch_is_troubled(watch);
        is_over = run_for(call, LOOK_INTERVAL);
    }
    if (was_out && !is_over)
        mp_media_call_run_for(call, RESUMED_TIME);
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
    if (mp_clock_now() - call->stage_began < MIN(LEAST_TIER_TIME, call->step->media_time))
        return mp_media_call_end_stage(call, "media", MP_OUTCOME_NOT_RUN, 0,
                                       "the time limit of the check was reached");
    return mp_media_call_end_stage(call, "media", MP_OUTCOME_ANSWERED, 0, NULL);
}

gboolean mp_media_run(MpMediaCall *call)
{
    const GArray *tiers = call->step->tiers;
    gboolean goes_on = TRUE;
    for (guint i = 0; i < tiers->len && goes_on; i++) {
        goes_on = run_tier(call, &g_array_index(tiers, MpTier, i),
                           i == 0 ? call->step->media_time : LOWER_TIER_TIME) &&
                  !mp_media_call_is_cut_short(call);
        if (is_disturbed(call) || mp_media_session_loss_percent(call->media) <= MP_MEDIA_TIER_LOSS)
            break;
    }
    recover(call);
    mp_media_changes_note(call->measurement->facts, call->media, call->began);
    return end_media(call);
}
