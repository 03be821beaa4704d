/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Protection of RTP and RTCP by the keys of a DTLS association: RFC 3711, RFC 7714. One context a
 * direction; both belong to one thread.
 */
#pragma once

#include <glib.h>

#include "session/dtls_session.h"

/* Room that a packet needs beyond its own length while it is protected. */
#define MP_SRTP_MAX_GROWTH 148
/* SSRCs of the far end that are let in. */
#define MP_SRTP_MOST_SOURCES 128

typedef struct _MpSrtpSession MpSrtpSession;

/* NULL when the association is not connected or its profile is unknown to libsrtp. */
MpSrtpSession *mp_srtp_session_new(const MpDtlsSession *dtls, gboolean is_client);
/* The same from keying material laid out as RFC 5764 section 4.2 says; `profile` as OpenSSL calls
 * it. */
MpSrtpSession *mp_srtp_session_new_from_keys(const char *profile, const guint8 *keys,
                                             gboolean is_client);
void mp_srtp_session_free(MpSrtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSrtpSession, mp_srtp_session_free)

/* In place. `length` is the packet's and becomes the protected one's; the buffer has
 * MP_SRTP_MAX_GROWTH bytes more. A protected packet must be sent: throwing more than 32,767 away
 * makes the far end lose the rollover count. */
gboolean mp_srtp_session_protect(MpSrtpSession *session, guint8 *packet, gsize *length);
gboolean mp_srtp_session_protect_rtcp(MpSrtpSession *session, guint8 *packet, gsize *length);

/* Bytes that mp_srtp_session_protect() adds to each packet. */
gsize mp_srtp_session_growth(const MpSrtpSession *session);

/* FALSE: forged, repeated, too old, or from one SSRC too many. */
gboolean mp_srtp_session_unprotect(MpSrtpSession *session, guint8 *packet, gsize *length);
gboolean mp_srtp_session_unprotect_rtcp(MpSrtpSession *session, guint8 *packet, gsize *length);

/* RTP packets that were not let in because they had come before. */
guint32 mp_srtp_session_repeated(const MpSrtpSession *session);
