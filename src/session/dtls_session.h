/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One DTLS 1.2 association that exists to agree on SRTP keys, RFC 5764. Datagrams in, datagrams
 * out through a callback; opens no socket.
 */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "session/dtls_flights.h"
#include "session/dtls_identity.h"

typedef struct _MpDtlsSession MpDtlsSession;

typedef enum {
    MP_DTLS_HANDSHAKING,
    MP_DTLS_CONNECTED,
    MP_DTLS_FAILED, /* mp_dtls_session_failure() says why */
    MP_DTLS_CLOSED, /* the other end sent close_notify */
} MpDtlsState;

typedef void (*MpDtlsSend)(const guint8 *data, gsize length, gpointer user_data);

/* `peer_fingerprint`: the only certificate accepted, as in a=fingerprint sha-256. The identity is
 * lent and must live longer. */
MpDtlsSession *mp_dtls_session_new(const MpDtlsIdentity *identity, gboolean is_client,
                                   const char *peer_fingerprint, MpDtlsSend send,
                                   gpointer user_data);
void mp_dtls_session_free(MpDtlsSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpDtlsSession, mp_dtls_session_free)

/* The client's first flight; nothing for a server. */
void mp_dtls_session_start(MpDtlsSession *session);
/* One datagram that came; it may answer at once. */
void mp_dtls_session_feed(MpDtlsSession *session, const guint8 *data, gsize length);
/* Span until mp_dtls_session_advance() is due for a retransmission; MP_NEVER: not. */
MpTime mp_dtls_session_wait(const MpDtlsSession *session);
void mp_dtls_session_advance(MpDtlsSession *session);
/* Sends close_notify. */
void mp_dtls_session_close(MpDtlsSession *session);

MpDtlsState mp_dtls_session_state(const MpDtlsSession *session);
/* One line, or NULL; lent. */
const char *mp_dtls_session_failure(const MpDtlsSession *session);

typedef enum {
    MP_DTLS_PEER_UNKNOWN,    /* no certificate came */
    MP_DTLS_PEER_CONFIRMED,  /* it is the one that was announced */
    MP_DTLS_PEER_MISMATCHED, /* it is not */
    MP_DTLS_PEER_REFUSES,    /* the other end says so of ours: alert bad_certificate */
} MpDtlsPeer;

MpDtlsPeer mp_dtls_session_peer(const MpDtlsSession *session);
/* Of the certificate that came and the one that was announced; "": none came. Lent. */
const char *mp_dtls_session_found_fingerprint(const MpDtlsSession *session);
const char *mp_dtls_session_wanted_fingerprint(const MpDtlsSession *session);
/* What passed so far; lent. */
const MpDtlsFlights *mp_dtls_session_flights(const MpDtlsSession *session);

/* After MP_DTLS_CONNECTED; lent: "DTLSv1.2", "ECDHE-...", "SRTP_AEAD_AES_128_GCM". */
const char *mp_dtls_session_version(const MpDtlsSession *session);
const char *mp_dtls_session_cipher(const MpDtlsSession *session);
const char *mp_dtls_session_srtp_profile(const MpDtlsSession *session);

#define MP_DTLS_MAX_KEYING (2 * (32 + 14))

/* Keying material of RFC 5764 section 4.2 for `length` bytes; FALSE before connected. */
gboolean mp_dtls_session_export_keys(const MpDtlsSession *session, guint8 *keys, gsize length);
