/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages inside TLS: a real handshake, with what it showed kept for the report.
 */
#pragma once

#include "net/transport.h"

typedef struct {
    char *subject; /* RFC 2253 text */
    char *issuer;
    char *not_before; /* RFC 3339 */
    char *not_after;
} MpTlsCertificate;

/* What the handshake showed. Members are NULL where it did not get that far. */
typedef struct {
    char *version;     /* "TLSv1.3" */
    char *cipher;      /* "TLS_AES_256_GCM_SHA384" */
    char *verify;      /* "ok", or why the certificate is not trusted */
    const char *flaw;  /* the same as one of a few words, see mp_tls_flaw_name(); NULL: none */
    char *server_name; /* the name or IP address that was demanded */
    GPtrArray *chain;  /* MpTlsCertificate*, the server's own first */
    MpTime took;       /* of the handshake alone; 0: it was not begun */
} MpTlsReport;

void mp_tls_report_clear(MpTlsReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MpTlsReport, mp_tls_report_clear)

/* Takes a connected TCP transport, also on failure. `server_name` is a DNS name, sent as SNI, or an
 * IP literal; the certificate must name it and chain to `ca_file` (PEM; NULL: the system's
 * anchors). NULL with MP_NET_INTERCEPTED when it does not: nothing was sent through it then.
 * `report` starts zeroed and is filled as far as the handshake went. */
MpNetTransport *mp_net_tls_open(MpNetTransport *tcp, const char *server_name, const char *ca_file,
                                const MpNetLimit *limit, MpTlsReport *report, MpNetStatus *status);
