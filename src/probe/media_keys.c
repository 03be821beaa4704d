/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The DTLS handshake, and the first packet that its keys open.
 */
#include "probe/media_keys.h"

#include "probe/media_handshake.h"

#define DTLS_LIMIT MP_SEC(4)
#define FIRST_MEDIA_LIMIT MP_SEC(2)

static gboolean dtls_is_over(const MpMediaCall *call)
{
    return mp_dtls_session_state(mp_media_session_dtls(call->media)) != MP_DTLS_HANDSHAKING;
}

gboolean mp_media_keys_agree(MpMediaCall *call)
{
    mp_media_call_wait(call, dtls_is_over, DTLS_LIMIT);
    const MpDtlsSession *dtls = mp_media_session_dtls(call->media);
    mp_media_handshake_facts(call->measurement->facts, dtls);
    if (mp_dtls_session_state(dtls) == MP_DTLS_HANDSHAKING) {
        g_autofree char *missing = mp_dtls_flights_missing(mp_dtls_session_flights(dtls));
        return mp_media_call_end_stage(call, "dtls", MP_OUTCOME_SILENT, 0, missing);
    }
    /* Somebody else than the one whom signalling announced. */
    if (mp_dtls_session_peer(dtls) >= MP_DTLS_PEER_MISMATCHED)
        return mp_media_call_end_stage(call, "dtls", MP_OUTCOME_INTERCEPTED, 0,
                                       mp_dtls_session_failure(dtls));
    if (mp_dtls_session_state(dtls) != MP_DTLS_CONNECTED)
        return mp_media_call_end_stage(call, "dtls", MP_OUTCOME_MALFORMED, 0,
                                       mp_dtls_session_failure(dtls));
    return mp_media_call_end_stage(call, "dtls", MP_OUTCOME_ANSWERED, 0, NULL);
}

static gboolean media_came(const MpMediaCall *call)
{
    return mp_media_session_instants(call->media)->first_media != 0;
}

gboolean mp_media_keys_await_media(MpMediaCall *call)
{
    if (!mp_media_call_wait(call, media_came, FIRST_MEDIA_LIMIT))
        return mp_media_call_end_stage(call, "srtp", MP_OUTCOME_SILENT, 0,
                                       "no protected packet came");
    const MpMediaInstants *instants = mp_media_session_instants(call->media);
    JsonObject *facts = call->measurement->facts;
    json_object_set_double_member(facts, "setup_ms",
                                  mp_time_to_ms(instants->first_media - call->began));
    json_object_set_double_member(facts, "first_media_ms",
                                  mp_time_to_ms(instants->first_media - instants->dtls_connected));
    return mp_media_call_end_stage(call, "srtp", MP_OUTCOME_ANSWERED, 0, NULL);
}
