/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Waits run the main loop of the call until what they wait for, a deadline or the user ends them.
 */
#include "probe/media_call.h"

#include "base/clock.h"
#include "base/timer.h"
#include "probe/media_facts.h"
#include "probe/media_sessions.h"

static void on_alarm(MpTime now, gpointer user_data)
{
    (void)now;
    (void)user_data;
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer user_data)
{
    (void)cancellable;
    (void)user_data;
    return G_SOURCE_REMOVE;
}

void mp_media_call_init(MpMediaCall *call, const MpStep *step, const MpProbeContext *context,
                        MpMeasurement *measurement)
{
    *call = (MpMediaCall){.step = step, .context = context, .measurement = measurement};
    call->loop = g_main_context_new();
    call->runs = g_array_new(FALSE, FALSE, sizeof(MpTierRun));
    g_array_set_clear_func(call->runs, (GDestroyNotify)mp_tier_run_clear);
    call->sessions = g_array_new(FALSE, FALSE, sizeof(MpSessionRun));
    g_array_set_clear_func(call->sessions, (GDestroyNotify)mp_session_run_clear);
    call->punctual = mp_thread_be_punctual();
    g_main_context_push_thread_default(call->loop);
    call->alarm = mp_timer_new(on_alarm, NULL);
    call->cancelled = g_cancellable_source_new(context->cancellable);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(call->cancelled, (GSourceFunc)(void (*)(void))on_cancelled, NULL, NULL);
    g_source_attach(call->cancelled, call->loop);
    g_source_attach(call->alarm, call->loop);
}

void mp_media_call_clear(MpMediaCall *call)
{
    mp_media_session_free(call->media);
    mp_whip_client_free(call->whip);
    mp_media_relay_clear(&call->relay);
    g_source_destroy(call->cancelled);
    g_source_unref(call->cancelled);
    g_source_destroy(call->alarm);
    g_source_unref(call->alarm);
    while (g_main_context_iteration(call->loop, FALSE))
        continue;
    g_main_context_pop_thread_default(call->loop);
    g_main_context_unref(call->loop);
    g_array_unref(call->runs);
    g_array_unref(call->sessions);
}

gboolean mp_media_call_wait(MpMediaCall *call, MpMediaCondition is_true, MpTime limit)
{
    MpTime wanted = mp_clock_now() + limit;
    MpTime end = MIN(wanted, call->deadline);
    call->is_cut = end < wanted;
    mp_timer_arm(call->alarm, end);
    while (!is_true(call)) {
        if (mp_clock_now() >= end || g_cancellable_is_cancelled(call->context->cancellable))
            return FALSE;
        g_main_context_iteration(call->loop, TRUE);
    }
    return TRUE;
}

void mp_media_call_run_for(MpMediaCall *call, MpTime span)
{
    MpTime end = MIN(mp_clock_now() + span, call->deadline);
    mp_timer_arm(call->alarm, end);
    while (mp_clock_now() < end)
        g_main_context_iteration(call->loop, TRUE);
}

gboolean mp_media_call_end_stage(MpMediaCall *call, const char *name, MpOutcome outcome, guint code,
                                 const char *detail)
{
    MpTime now = mp_clock_now();
    /* Cut off by the user: neither an answer nor a silence. */
    if (outcome != MP_OUTCOME_ANSWERED && g_cancellable_is_cancelled(call->context->cancellable)) {
        outcome = MP_OUTCOME_NOT_RUN;
        detail = "interrupted";
    } else if (outcome == MP_OUTCOME_SILENT && call->is_cut) {
        /* Too little time to call it silence. */
        outcome = MP_OUTCOME_NOT_RUN;
        detail = "the time limit of the check was reached";
    }
    mp_measurement_add_stage(call->measurement, name, outcome, now - call->stage_began, code,
                             detail);
    call->stage_began = now;
    return outcome == MP_OUTCOME_ANSWERED;
}

gboolean mp_media_call_is_cut_short(const MpMediaCall *call)
{
    return g_cancellable_is_cancelled(call->context->cancellable) ||
           mp_clock_now() >= call->deadline;
}
