/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the two ends of a call tell each other by signalling: offer, answer, and ICE restarts.
 */
#include "base/clock.h"
#include "base/error.h"
#include "session/loopback_description.h"
#include "session/media_description.h"
#include "session/media_grant.h"
#include "session/media_session_parts.h"

static MpMediaDescription description_of(const MpMediaSession *session)
{
    return (MpMediaDescription){
        .ice = mp_ice_succession_present(session->ice),
        .fingerprint = mp_dtls_identity_fingerprint(session->identity),
        .audio_ssrc = mp_media_sender_first_ssrc(session->sender, MP_SPEC_AUDIO),
        .video_ssrc = mp_media_sender_first_ssrc(session->sender, MP_SPEC_CAMERA),
        .video_codec = session->config.video_codec,
        .asked = session->asked,
        .starts_at_rest = session->config.starts_at_rest,
    };
}

char *mp_media_session_offer(MpMediaSession *session)
{
    const MpMediaDescription description = description_of(session);
    return mp_media_description_offer(&description);
}

static void begin_dtls(MpMediaSession *session, const MpSdp *peer)
{
    session->dtls = mp_dtls_session_new(session->identity, session->config.is_offerer,
                                        peer->fingerprint, mp_media_session_send_handshake,
                                        session);
    if (!mp_ice_session_set_remote(mp_ice_succession_present(session->ice), peer->ice_ufrag,
                                   peer->ice_pwd, peer->candidates))
        g_debug("the far end offered no candidate of its own");
}

/* A far end that is no mediapath has frames of its own, and gets them back. */
static char *loop_back(MpMediaSession *session, const MpSdp *offer, GError **error)
{
    MpLoopbackConfig loopback;
    if (!mp_loopback_description_choose(offer, &loopback)) {
        g_set_error(
            error, MP_ERROR, MP_ERROR_MALFORMED,
            "SDP: found no payload type to send back, expected opus, VP8, VP9, H264 or AV1");
        return NULL;
    }
    session->loopback = mp_loopback_call_new(&loopback, session->record,
                                             mp_media_session_send_media, session);
    const MpMediaDescription description = description_of(session);
    char *text = mp_media_description_loop_back(&description, offer, &loopback,
                                                session->config.greatest_kbps);
    begin_dtls(session, offer);
    return text;
}

char *mp_media_session_answer(MpMediaSession *session, const MpSdp *offer, GError **error)
{
    if (g_str_equal(offer->setup, "passive")) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "SDP: found a=setup:passive, expected actpass or active: the answerer waits");
        return NULL;
    }
    if (!offer->is_tester)
        return loop_back(session, offer, error);
    g_autoptr(GArray) granted = mp_media_grant(offer->streams, session->config.greatest_kbps);
    mp_media_sender_describe(session->sender, granted);
    session->config.starts_at_rest = offer->starts_at_rest;
    const MpMediaDescription description = description_of(session);
    char *text = mp_media_description_answer(&description, offer);
    begin_dtls(session, offer);
    return text;
}

gboolean mp_media_session_accept(MpMediaSession *session, const MpSdp *answer, GError **error)
{
    if (!g_str_equal(answer->setup, "passive")) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "SDP: found a=setup:%s in the answer, expected passive (RFC 9725 section 4.3)",
                    answer->setup);
        return FALSE;
    }
    begin_dtls(session, answer);
    return TRUE;
}

/* Restarting. */

gboolean mp_media_session_restart(MpMediaSession *session, const MpIceConfig *ice)
{
    MpIceConfig next = *ice;
    next.is_controlling = session->config.is_offerer;
    if (session->guard)
        mp_call_watch_note_restart_begun(mp_call_guard_watch(session->guard), mp_clock_now());
    return mp_ice_succession_restart(session->ice, &next);
}

MpIceSession *mp_media_session_restarting(MpMediaSession *session)
{
    return mp_ice_succession_next(session->ice);
}

char *mp_media_session_restart_fragment(MpMediaSession *session)
{
    return mp_ice_succession_fragment(session->ice);
}

gboolean mp_media_session_restart_accept(MpMediaSession *session, const MpIceFragment *far_end)
{
    return mp_ice_succession_accept(session->ice, far_end);
}

void mp_media_session_abandon_restart(MpMediaSession *session)
{
    mp_ice_succession_abandon(session->ice);
}
