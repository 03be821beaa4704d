/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call with the responder over one way: gather, WHIP, ICE, DTLS, SRTP, media both ways, and the
 * far end's record.
 */
#include "base/clock.h"
#include "base/timer.h"
#include "probe/media_capacity.h"
#include "probe/media_handover.h"
#include "probe/media_ice.h"
#include "probe/media_keys.h"
#include "probe/media_run.h"
#include "probe/media_sessions.h"
#include "probe/media_setup.h"
#include "probe/media_signal.h"
#include "probe/media_turn.h"

#define CLOSE_LIMIT MP_SEC(2)
/* Of the step's time, kept for taking the record and hanging up. */
#define CLOSING_TIME MP_SEC(2)

/* The stages. Each is FALSE when it broke and the call cannot go on. */
static gboolean (*const stages[])(MpMediaCall *call) = {
    mp_media_setup_gather,     mp_media_signal, mp_media_ice_connect, mp_media_keys_agree,
    mp_media_keys_await_media, mp_media_run,    mp_media_capacity,    mp_media_sessions,
};

static void on_closed(gpointer user_data)
{
    MpMediaCall *call = user_data;
    call->is_closed = TRUE;
}

/* The waits here are short and must happen even when time is up: allocations would stay behind. */
static void hang_up(MpMediaCall *call)
{
    if (mp_whip_client_has_session(call->whip)) {
        g_autoptr(MpHttpReply)
            reply = mp_whip_client_delete(call->whip, mp_clock_now() + CLOSE_LIMIT);
        g_debug("DELETE of the session: %u %s", reply->status, reply->detail);
    }
    mp_media_session_close(call->media, on_closed, call);
    MpTime end = mp_clock_now() + CLOSE_LIMIT;
    mp_timer_arm(call->alarm, end);
    while (!call->is_closed && mp_clock_now() < end)
        g_main_context_iteration(call->loop, TRUE);
}

static gboolean carry_out(MpMediaCall *call, GError **error)
{
    call->began = call->stage_began = mp_clock_now();
    call->deadline = call->context->deadline - CLOSING_TIME - mp_media_handover_share(call);
    if (!mp_media_setup(call, error))
        return FALSE;
    guint done = 0;
    while (done < G_N_ELEMENTS(stages) && stages[done](call))
        done++;
    mp_media_turn_finish(call);
    mp_media_turn_leave(call);
    call->deadline = call->context->deadline;
    if (mp_media_handover_is_due(call))
        mp_media_handover(call);
    hang_up(call);
    return TRUE;
}

MpMeasurement *mp_probe_media(const MpStep *step, const MpProbeContext *context, GError **error)
{
    g_return_val_if_fail(context->targets->responder_url && step->tiers && step->tiers->len > 0,
                         NULL);
    g_autoptr(MpMeasurement) measurement = mp_measurement_new(
        step->id, step->kind, context->targets->responder_url, mp_way_transport(step->way));
    MpMediaCall call;
    mp_media_call_init(&call, step, context, measurement);
    gboolean is_done = carry_out(&call, error);
    mp_media_call_clear(&call);
    return is_done ? g_steal_pointer(&measurement) : NULL;
}
