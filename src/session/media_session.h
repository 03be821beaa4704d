/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One end of a call: ICE, DTLS, SRTP, the streams, RTCP, and a record of every packet. The tester
 * and the responder run the same. It belongs to the thread of its GMainContext.
 */
#pragma once

#include "session/call_watch.h"
#include "session/capacity_far_end.h"
#include "session/capacity_tester.h"
#include "session/dtls_session.h"
#include "session/ice_session.h"
#include "session/media_loopback.h"
#include "wire/ice_fragment.h"
#include "wire/media_record.h"
#include "wire/sdp.h"

typedef struct _MpMediaSession MpMediaSession;

typedef struct {
    gboolean is_offerer;       /* controls ICE, is the DTLS client, asks for echoes */
    MpIceConfig ice;           /* is_controlling, callbacks and user_data are set by the session */
    const char *video_codec;   /* offerer: SDP's name, lent for good; NULL: "VP8" */
    const GArray *up;          /* offerer: MpStreamSpec that it sends; copied */
    const GArray *down;        /* offerer: MpStreamSpec that it asks for; copied */
    guint video_kbps;          /* offerer: what mp_media_session_set_rate() takes for all of it */
    gboolean starts_at_rest;   /* offerer: until mp_media_session_set_rate() */
    guint greatest_kbps;       /* answerer: the most it sends, whatever is asked for */
    MpCapacityLimits capacity; /* answerer: of trains that it sends when asked */
    void (*changed)(gpointer user_data); /* something below became true */
    gpointer user_data;
} MpMediaSessionConfig;

/* When things happened, mp_clock_now(); 0: not yet. */
typedef struct {
    MpTime gathered;
    MpTime ice_connected;
    MpTime dtls_started;
    MpTime dtls_connected;
    MpTime first_media;   /* first protected packet of the far end */
    MpTime ended_by_peer; /* RTCP BYE or DTLS close_notify */
    MpTime consent_lost;  /* ICE failed after it was connected, and no restart has mended it */
} MpMediaInstants;

MpMediaSession *mp_media_session_new(const MpMediaSessionConfig *config);
/* After mp_media_session_close() has finished. */
void mp_media_session_free(MpMediaSession *session);

gboolean mp_media_session_gather(MpMediaSession *session);
/* After gathering. Free with g_free(). */
char *mp_media_session_offer(MpMediaSession *session);
/* Answerer, after gathering: takes the offer and writes the answer. NULL with
 * MP_ERROR_MALFORMED when the offer leaves nothing to answer. Free with g_free(). */
char *mp_media_session_answer(MpMediaSession *session, const MpSdp *offer, GError **error);
/* Offerer: takes the answer. FALSE with MP_ERROR_MALFORMED. */
gboolean mp_media_session_accept(MpMediaSession *session, const MpSdp *answer, GError **error);

const MpMediaInstants *mp_media_session_instants(const MpMediaSession *session);
/* Of the pair that carries media; NULL once the session is closing. */
MpIceSession *mp_media_session_ice(MpMediaSession *session);
/* NULL before the far end's description is known; lent. */
const MpDtlsSession *mp_media_session_dtls(const MpMediaSession *session);

/* What changes under the call of an offerer; it begins with the first packet that comes. Lent. */
MpCallWatch *mp_media_session_watch(MpMediaSession *session);

/* An ICE restart, either end: gathers anew, while media goes on as it can. FALSE: no usable
 * interface or port. */
gboolean mp_media_session_restart(MpMediaSession *session, const MpIceConfig *ice);
/* The ICE session of the restart; NULL when none is under way (any more). */
MpIceSession *mp_media_session_restarting(MpMediaSession *session);
/* After gathering: what the far end must know, application/trickle-ice-sdpfrag. Free with g_free().
 */
char *mp_media_session_restart_fragment(MpMediaSession *session);
/* Takes the far end's; media changes over as soon as a pair is nominated. FALSE when no candidate
 * of it can be used. */
gboolean mp_media_session_restart_accept(MpMediaSession *session, const MpIceFragment *far_end);
void mp_media_session_abandon_restart(MpMediaSession *session);

/* Changes the rate of video both ways, as the part of config.video_kbps that it is: the far end
 * follows what the echo requests say. 0 lets the call rest, both ways: a few small packets a second
 * go on, and consent, and RTCP. Of a call that rests already it sends the next packet, which the
 * far end echoes, at once. */
void mp_media_session_set_rate(MpMediaSession *session, guint video_kbps);
/* Other streams, of the descriptions' set of that number, take the place of the present ones,
 * at `scale` of the described rates of video, above 0 to 1. */
void mp_media_session_change_set(MpMediaSession *session, guint set, double scale);
/* Offerer, in a call that rests: measures how much the way carries. */
void mp_media_session_measure_capacity(MpMediaSession *session, const MpCapacityConfig *config);
/* NULL: it was not called; lent. */
const MpCapacityTester *mp_media_session_capacity(const MpMediaSession *session);

/* Ends our sending with RTCP BYE. */
void mp_media_session_stop(MpMediaSession *session);

/* Live figures for steering only: lost of expected so far, percent, -1: unknown. The worse of our
 * own count and the far end's last reports, since the last change from one rate above 0 to another.
 */
double mp_media_session_loss_percent(const MpMediaSession *session);
/* Round-trip times by RTCP (RFC 3550 section 6.4.1), MpTime; lent. */
const GArray *mp_media_session_rtcp_round_trips(const MpMediaSession *session);

/* What goes back to a far end that is no mediapath; NULL for any other. Lent. */
const MpMediaLoopback *mp_media_session_loopback(const MpMediaSession *session);

/* Everything sent and received until now. Lent; it grows. */
const MpMediaRecord *mp_media_session_record(MpMediaSession *session);
/* Packets in it that came. */
guint mp_media_session_received(const MpMediaSession *session);
/* The far end's SSRC of echo replies and our SSRC of echo requests; 0: unknown. */
guint32 mp_media_session_echo_ssrc(const MpMediaSession *session, gboolean is_ours);

/* "audio", "camera", "screen" or "echo" of a stream of either end; NULL: unknown. */
const char *mp_media_session_stream_kind(const MpMediaSession *session, guint32 ssrc);

/* Frees the allocations on the TURN server; `closed` is called when it is done. */
void mp_media_session_close(MpMediaSession *session, void (*closed)(gpointer user_data),
                            gpointer user_data);
