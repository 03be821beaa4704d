/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ICE until a pair is nominated; when none is, whether the TURN server forbade it.
 */
#include "probe/media_ice.h"

#include "base/clock.h"
#include "probe/media_facts.h"
#include "probe/relay_permission.h"
#include "wire/stun_registry.h"

/* Browsers give ICE far longer; a path that needs more than this to connect is not one to call
 * through. */
#define ICE_LIMIT MP_SEC(5)
#define PERMISSION_LIMIT MP_SEC(2)

static gboolean ice_is_over(const MpMediaCall *call)
{
    return mp_media_session_instants(call->media)->ice_connected ||
           mp_ice_session_state(mp_media_session_ice(call->media)) == MP_ICE_FAILED;
}

/* The far end's first candidate. */
static gboolean find_peer(const MpMediaCall *call, MpAddress *peer)
{
    const GArray *candidates = mp_ice_session_candidates(mp_media_session_ice(call->media));
    for (guint i = 0; i < candidates->len; i++) {
        const MpIceCandidate *candidate = &g_array_index(candidates, MpIceCandidate, i);
        if (!candidate->is_remote)
            continue;
        *peer = candidate->address;
        return TRUE;
    }
    return FALSE;
}

/* ICE does not tell why no pair works; the TURN server does when its rules forbid the far end.
 * TRUE: it does, and the stage says so. */
static gboolean relay_forbids_peer(MpMediaCall *call)
{
    MpAddress peer;
    if (call->step->way == MP_WAY_UDP || !find_peer(call, &peer))
        return FALSE;
    const MpNetLimit limit = {MIN(mp_clock_now() + PERMISSION_LIMIT, call->deadline),
                              call->context->cancellable};
    const MpDialGoal goal = mp_dial_goal(call->step, call->context);
    const MpTurnReply reply = mp_relay_permission_ask(&goal, &call->relay.entrance, &peer, &limit);
    if (reply.code != MP_STUN_ERROR_FORBIDDEN)
        return FALSE;
    mp_media_call_end_stage(call, "permission", reply.outcome, reply.code, reply.status.detail);
    return TRUE;
}

gboolean mp_media_ice_connect(MpMediaCall *call)
{
    mp_media_call_wait(call, ice_is_over, ICE_LIMIT);
    gboolean is_connected = mp_media_session_instants(call->media)->ice_connected != 0;
    mp_media_facts_ice(call->measurement->facts, call->media);
    /* Agents that hinder each other's checks, as they do where a round trip is longer than the
     * first timeout of a check (500 ms), say nothing against the network. */
    if (!is_connected && mp_ice_session_is_answered(mp_media_session_ice(call->media)))
        return mp_media_call_end_stage(call, "ice", MP_OUTCOME_NOT_RUN, 0,
                                       "checks were answered, but no pair was nominated in time");
    if (!is_connected && relay_forbids_peer(call))
        return FALSE;
    if (!is_connected)
        return mp_media_call_end_stage(call, "ice", MP_OUTCOME_SILENT, 0,
                                       "no candidate pair works");
    if (mp_media_relay_is_bypassed(&call->relay))
        return mp_media_call_end_stage(call, "ice", MP_OUTCOME_MALFORMED, 0,
                                       "ICE went around the bridge to the relay");
    return mp_media_call_end_stage(call, "ice", MP_OUTCOME_ANSWERED, 0, NULL);
}
