/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The certificate by which one end of a session is known, and its fingerprint.
 */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

/* The certificate of one session: ECDSA P-256, self-signed, told to the other end by its
 * fingerprint in the SDP (RFC 8122). */
typedef struct _MpDtlsIdentity MpDtlsIdentity;

MpDtlsIdentity *mp_dtls_identity_new(void);
void mp_dtls_identity_free(MpDtlsIdentity *identity);
/* SHA-256 as in a=fingerprint; lent. */
const char *mp_dtls_identity_fingerprint(const MpDtlsIdentity *identity);

/* Gives the context this certificate and its key. */
gboolean mp_dtls_identity_use(const MpDtlsIdentity *identity, SSL_CTX *context);

/* "AB:CD:..." of 32 bytes, SHA-256, and the end of the text. */
#define MP_DTLS_FINGERPRINT_TEXT (32 * 3)

void mp_dtls_fingerprint(const X509 *certificate, char text[MP_DTLS_FINGERPRINT_TEXT]);
