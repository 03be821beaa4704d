/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Session descriptions, RFC 8866, as far as a bundled ICE + DTLS-SRTP offer and answer need them:
 * RFC 8839 (ICE), RFC 8842 (DTLS), RFC 8843 (BUNDLE), RFC 9725 (WHIP).
 */
#pragma once

#include <glib.h>

typedef enum { MP_SDP_AUDIO, MP_SDP_VIDEO, MP_SDP_OTHER } MpSdpKind;

/* Kinds of RTCP feedback, a=rtcp-fb: RFC 4585, RFC 5104, transport-wide congestion control. */
typedef enum {
    MP_SDP_NACK = 1 << 0,
    MP_SDP_PLI = 1 << 1,
    MP_SDP_FIR = 1 << 2,
    MP_SDP_TRANSPORT_CC = 1 << 3,
} MpSdpFeedback;

/* One payload type of a section. */
typedef struct {
    guint payload_type;
    char *encoding; /* "VP8", "opus", "rtx"; NULL: none was named */
    guint clock_rate;
    guint channels;
    char *parameters; /* a=fmtp; NULL: none */
    guint feedback;   /* MpSdpFeedback */
} MpSdpFormat;

/* RFC 8285 */
typedef struct {
    guint id;
    char *uri;
} MpSdpExtension;

#define MP_SDP_MID "urn:ietf:params:rtp-hdrext:sdes:mid"
#define MP_SDP_TRANSPORT_SEQUENCE                                                                  \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

typedef struct {
    MpSdpKind kind;
    char *mid;
    char *direction;     /* "sendrecv", "sendonly", "recvonly", "inactive" */
    gboolean is_refused; /* port 0 */
    char *codec;         /* encoding name of the first payload type: "opus", "VP8" */
    guint payload_type;
    char *parameters; /* written as a=fmtp of the payload type; NULL: none. Not read */
    guint clock_rate; /* Hz */
    guint32 ssrc;     /* 0: not announced */
    guint32 rtx_ssrc; /* written with its group (RFC 5576); 0: none. Not read */
    /* All payload types that were read. Where there are some, they are written, and not the codec
     * above. */
    GPtrArray *formats;    /* MpSdpFormat* */
    GPtrArray *extensions; /* MpSdpExtension* */
    guint most_kbps;       /* written as b=AS; 0: none. Not read */
} MpSdpMedia;

typedef struct {
    char *ice_ufrag;
    char *ice_pwd;
    char *fingerprint;       /* SHA-256, 64 hexadecimal digits in capitals with colons */
    char *setup;             /* "actpass", "active", "passive" */
    GPtrArray *candidates;   /* char*: values as in RFC 8839 section 5.1, "candidate:..." */
    GPtrArray *media;        /* MpSdpMedia*, bundled in this order */
    GArray *streams;         /* MpStreamSpec: a=mediapath-stream, what the far end is asked for */
    gboolean is_tester;      /* one of these came: the far end is a mediapath */
    gboolean starts_at_rest; /* a=mediapath-at-rest: until an echo request says otherwise */
} MpSdp;

MpSdp *mp_sdp_new(void);
void mp_sdp_free(MpSdp *sdp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSdp, mp_sdp_free)
/* Adds an empty section; lent. */
MpSdpMedia *mp_sdp_add_media(MpSdp *sdp, MpSdpKind kind);
/* Lent. */
MpSdpFormat *mp_sdp_media_add_format(MpSdpMedia *media, guint payload_type);
void mp_sdp_media_add_extension(MpSdpMedia *media, guint id, const char *uri);
/* Its identifier; 0: it was not offered. */
guint mp_sdp_media_extension(const MpSdpMedia *media, const char *uri);

/* CRLF lines. `origin` is the session id of the o= line. Free with g_free(). */
char *mp_sdp_write(const MpSdp *sdp, guint64 origin);
/* What one end only sends the other only receives, RFC 8829 section 5.3.1. Lent, or `offered`. */
const char *mp_sdp_answer_direction(const char *offered);

/* NULL with MP_ERROR_MALFORMED "SDP line N: what was found, what was expected". It must have ICE
 * credentials of RFC 8839 section 5.4, a SHA-256 fingerprint, a setup role and at least one
 * section that is not refused; at most 64 KiB, 16 sections, 64 candidates, MP_MOST_SPECS streams
 * asked for. */
MpSdp *mp_sdp_parse(const char *text, gsize length, GError **error);
