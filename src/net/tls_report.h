/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fills an MpTlsReport from a finished handshake.
 */
#pragma once

#include <openssl/ssl.h>

#include "net/tls.h"

void mp_tls_report_fill(MpTlsReport *report, SSL *ssl);

/* What is wrong with a certificate, by OpenSSL's result of its verification: "expired",
 * "not-yet-valid", "name" (it is for another one) or "untrusted" (all else); NULL: nothing. */
const char *mp_tls_flaw_name(long verified);

/* The names in a certificate in DER form, as MpTlsCertificate has them; NULL where it is none.
 * Free with g_free(). */
void mp_tls_names(const guint8 *der, gsize length, char **subject, char **issuer);
