/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other kinds of session in the same call.
 */
#include "probe/media_sessions.h"

#include "base/clock.h"
#include "probe/background_load.h"
#include "probe/background_thread.h"
#include "probe/media_facts.h"
#include "probe/media_run.h"
#include "probe/media_stream_facts.h"
#include "probe/media_turn.h"
#include "stats/summary.h"

/* The streams before have left, and those of the far end have come. */
#define SETTLE_TIME MP_MSEC(500)
#define BACKGROUND_FPS 30

void mp_session_run_clear(MpSessionRun *run)
{
    g_clear_pointer(&run->frames, g_array_unref);
}

gboolean mp_session_run_is_cut_short(const MpSessionRun *run, MpTime wanted)
{
    return run->span < wanted * 9 / 10;
}

static gboolean is_over(const MpMediaCall *call)
{
    return mp_media_session_instants(call->media)->ended_by_peer != 0 ||
           mp_call_watch_is_troubled(mp_media_session_watch(call->media));
}

/* What goes up, or down if that is more. */
static double described_kbps(const MpStep *step, guint set)
{
    const GArray *both[] = {step->up, step->down};
    double most = 0;
    for (gsize k = 0; k < G_N_ELEMENTS(both); k++) {
        double kbps = 0;
        for (guint i = 0; i < both[k]->len; i++) {
            const MpStreamSpec *spec = &g_array_index(both[k], MpStreamSpec, i);
            kbps += spec->set == set && spec->kind != MP_SPEC_AUDIO ? spec->kbps : 0;
        }
        most = MAX(most, kbps);
    }
    return most;
}

/* A browser adapts: no more than the tier that was carried. Where the lowest one loses as well, the
 * rate is not what loses. */
static double carried_kbps(const MpMediaCall *call)
{
    const MpTierRun *runs = &g_array_index(call->runs, MpTierRun, 0);
    const gboolean is_carried = mp_media_session_loss_percent(call->media) <= MP_MEDIA_TIER_LOSS;
    return runs[is_carried ? call->runs->len - 1 : 0].tier->rate_kbps;
}

static void run_session(MpMediaCall *call, MpSessionRun *run, guint set, double carried)
{
    const double described = described_kbps(call->step, set);
    run->rate_kbps = MIN(described, carried);
    mp_media_session_change_set(call->media, set, described > 0 ? run->rate_kbps / described : 1);
    if (mp_media_call_wait(call, is_over, SETTLE_TIME))
        return;
    MpBackgroundThread *work = run->type == MP_SESSION_VIRTUAL_BACKGROUND
                                   ? mp_background_thread_start(BACKGROUND_FPS)
                                   : NULL;
    const MpTime began = mp_clock_now();
    run->window.first = mp_clock_realtime();
    mp_media_call_wait(call, is_over, call->context->full_media_time);
    run->window.last = mp_clock_realtime();
    run->span = mp_clock_now() - began;
    if (work)
        run->frames = mp_background_thread_stop(work);
}

/* The windows of live video end here. */
static void end_tiers(MpMediaCall *call)
{
    const MpTierRun *run = &g_array_index(call->runs, MpTierRun, call->runs->len - 1);
    if (call->rate_kbps > 0)
        mp_tier_run_window(run, run->windows->len - 1)->last = mp_clock_realtime();
    call->rate_kbps = 0;
    call->has_rested = TRUE;
}

gboolean mp_media_sessions(MpMediaCall *call)
{
    const GArray *types = call->step->sessions;
    if (!types || types->len == 0 || call->runs->len == 0 || !mp_media_turn_is_first(call))
        return TRUE;
    const gboolean goes_on = mp_media_turn_await_at_rest(call);
    const double carried = carried_kbps(call);
    if (goes_on)
        end_tiers(call);
    for (guint i = 0; i < types->len; i++) {
        MpSessionRun run = {.type = g_array_index(types, MpSessionType, i)};
        if (goes_on && !is_over(call) && !mp_media_call_is_cut_short(call))
            run_session(call, &run, i + 1, carried);
        g_array_append_val(call->sessions, run);
    }
    if (!goes_on)
        return TRUE;
    mp_media_session_set_rate(call->media, 0);
    call->stage_began = mp_clock_now();
    return TRUE;
}

void mp_media_sessions_facts(JsonObject *facts, const MpMediaCall *call, const MpMediaJoin *join,
                             const MpMediaRecord *theirs)
{
    if (call->sessions->len == 0)
        return;
    JsonObject *all = json_object_new();
    for (guint i = 0; i < call->sessions->len; i++) {
        const MpSessionRun *run = &g_array_index(call->sessions, MpSessionRun, i);
        const MpJoined joined = mp_media_join_windows(join, &run->window, 1);
        const MpSummary echo = mp_media_join_round_trips(
            join, mp_media_session_echo_ssrc(call->media, TRUE),
            mp_media_session_echo_ssrc(call->media, FALSE), &run->window, 1);
        JsonObject *session = json_object_new();
        json_object_set_double_member(session, "seconds", mp_time_to_ms(run->span) / 1000);
        if (mp_session_run_is_cut_short(run, call->context->full_media_time))
            json_object_set_boolean_member(session, "cut_short", TRUE);
        if (run->span > 0)
            json_object_set_double_member(session, "tier_kbps", run->rate_kbps);
        mp_media_facts_directions(session, &joined, &echo);
        mp_media_stream_facts(session, call, join, theirs, &run->window, 1);
        if (run->frames)
            mp_background_load_tell(session, run->frames);
        json_object_set_object_member(all, mp_session_type_name(run->type), session);
    }
    json_object_set_object_member(facts, "sessions", all);
}
