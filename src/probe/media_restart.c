/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An ICE restart: gather anew, tell the far end, change over when a pair is nominated. Media goes
 * on meanwhile as it can, and DTLS lives on.
 */
#include "probe/media_restart.h"

#include "base/clock.h"
#include "probe/media_setup.h"
#include "probe/media_signal.h"
#include "probe/media_turn.h"

/* Shorter than for a call that begins: the same far end was reached before, and a person waits. */
#define SIGNAL_LIMIT MP_SEC(3)
#define ICE_LIMIT MP_SEC(4)

static gboolean is_decided(const MpMediaCall *call)
{
    MpIceSession *next = mp_media_session_restarting(call->media);
    return !next || mp_ice_session_state(next) == MP_ICE_FAILED;
}

/* Each gives NULL, or a literal that says what was missing. `code` is of HTTP. */

static const char *gather(MpMediaCall *call)
{
    MpIceConfig config;
    gboolean has_address = mp_media_setup_again(call, &config);
    /* Begun all the same, so that it is counted. */
    if (!mp_media_session_restart(call->media, &config) || !has_address)
        return "no usable interface";
    return mp_media_setup_await_candidates(call, mp_media_session_restarting(call->media));
}

static const char *signal_restart(MpMediaCall *call, guint *code)
{
    g_autofree char *fragment = mp_media_session_restart_fragment(call->media);
    MpTime limit = MIN(mp_clock_now() + SIGNAL_LIMIT, call->deadline);
    g_autoptr(MpHttpReply)
        reply = mp_whip_client_restart(call->whip, fragment, limit, call->context->cancellable);
    *code = reply->status;
    MpOutcome outcome = mp_media_signal_outcome(reply);
    if (outcome != MP_OUTCOME_ANSWERED)
        return mp_outcome_name(outcome);
    gsize length = 0;
    const char *text = reply->body ? g_bytes_get_data(reply->body, &length) : NULL;
    g_autoptr(MpIceFragment) answer = mp_ice_fragment_parse(text ? text : "", length, NULL);
    if (!answer)
        return mp_outcome_name(MP_OUTCOME_MALFORMED);
    mp_media_session_restart_accept(call->media, answer);
    return NULL;
}

static const char *nominate(MpMediaCall *call)
{
    mp_media_call_wait(call, is_decided, ICE_LIMIT);
    return mp_media_session_restarting(call->media) ? "no candidate pair works" : NULL;
}

static void restart(MpMediaCall *call)
{
    MpCallWatch *watch = mp_media_session_watch(call->media);
    guint code = 0;
    const char *missing = gather(call);
    if (!missing)
        missing = signal_restart(call, &code);
    if (!missing)
        missing = nominate(call);
    if (!missing)
        return;
    mp_media_session_abandon_restart(call->media);
    /* RFC 9110 sections 15.5.5 and 15.5.11: that far end does not know the session. */
    mp_call_watch_note_restart_failed(watch, mp_clock_now(), code, missing,
                                      code == 404 || code == 410);
}

gboolean mp_media_restart_is_over(const MpMediaCall *call)
{
    const MpCallWatch *watch = mp_media_session_watch(call->media);
    return mp_media_session_instants(call->media)->ended_by_peer ||
           mp_call_watch_has_given_up(watch, mp_clock_now());
}

static gboolean is_wanted(const MpMediaCall *call)
{
    return mp_call_watch_wants_restart(mp_media_session_watch(call->media), mp_clock_now());
}

gboolean mp_media_restart_needs_a_look(const MpMediaCall *call)
{
    return mp_media_restart_is_over(call) || is_wanted(call);
}

gboolean mp_media_restart_run_for(MpMediaCall *call, MpTime span)
{
    mp_media_call_wait(call, mp_media_restart_needs_a_look, span);
    if (!mp_media_restart_is_over(call) && is_wanted(call)) {
        mp_media_turn_step_aside(call);
        restart(call);
        mp_media_turn_return(call);
    }
    return mp_media_restart_is_over(call);
}
