/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A media session as an SDP offer or answer: RFC 9725 asks the offerer for actpass and the answerer
 * for passive.
 */
#pragma once

#include "session/ice_session.h"
#include "session/media_loopback.h"
#include "wire/sdp.h"

/* RTP payload types, of the dynamic range. */
#define MP_PAYLOAD_AUDIO 111
#define MP_PAYLOAD_VIDEO 96
#define MP_PAYLOAD_SCREEN 98
#define MP_PAYLOAD_RTX 97 /* retransmissions of both */
#define MP_PAYLOAD_ECHO 126
#define MP_PAYLOAD_PROBE 127 /* trains that measure capacity */

/* Between two mediapaths: RFC 8285 identifier of the transport-wide sequence number. */
#define MP_EXTENSION_TRANSPORT 3

/* The mid of our offer's first section, under which the bundle's ICE lies. */
#define MP_MEDIA_FIRST_MID "0"

/* All lent. */
typedef struct {
    MpIceSession *ice; /* has gathered */
    const char *fingerprint;
    guint32 audio_ssrc;
    guint32 video_ssrc;
    const char *video_codec; /* offer: its encoding name in SDP; NULL: "VP8" */
    const GArray *asked;     /* offer: MpStreamSpec that the far end is asked for; NULL: none */
    gboolean starts_at_rest;
} MpMediaDescription;

/* Free with g_free(). */
char *mp_media_description_offer(const MpMediaDescription *description);
/* Every section of the offer is answered under its own mid; what is neither audio nor video is
 * refused. Free with g_free(). */
char *mp_media_description_answer(const MpMediaDescription *description, const MpSdp *offer);
/* The same where the media that comes is sent back. Free with g_free(). */
char *mp_media_description_loop_back(const MpMediaDescription *description, const MpSdp *offer,
                                     const MpLoopbackConfig *loopback, guint greatest_kbps);

/* "audio", "camera", "screen" or "echo"; NULL for another payload type. */
const char *mp_media_payload_kind(guint8 payload_type);

/* SDP's encoding name of "vp8", "vp9", "h264" or "av1"; NULL for another. */
const char *mp_media_codec_encoding(const char *codec);
