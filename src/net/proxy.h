/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Through a proxy to a server: HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS 5 (RFC 1928, 1929),
 * with what the proxy said kept for the report.
 */
#pragma once

#include "base/secret.h"
#include "net/transport.h"

typedef enum { MP_NET_PROXY_HTTP, MP_NET_PROXY_SOCKS5 } MpNetProxyType;

/* Lent for the time of the call. */
typedef struct {
    MpNetProxyType type;
    const char *user;         /* NULL: no login is offered */
    const MpSecret *password; /* NULL: empty */
} MpNetProxyLogin;

typedef struct {
    guint code; /* HTTP status, or SOCKS reply field; meaningful only if is_answered */
    gboolean is_answered;
    gboolean wants_login; /* 407, or no SOCKS method that we have; or the login was rejected */
    char *schemes; /* of Proxy-Authenticate, in the proxy's order: "Negotiate, NTLM, Basic" */
    char *agent;   /* Proxy-Agent, Server or Via; NULL: it does not say */
    MpTime took;   /* from our request to its answer */
} MpNetProxyReport;

void mp_net_proxy_report_clear(MpNetProxyReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MpNetProxyReport, mp_net_proxy_report_clear)

/* `tcp` is connected to the proxy; on TRUE what is sent through it next reaches `host`:`port`, a
 * name that the proxy resolves or an IP literal. Nothing behind the proxy's answer is read. FALSE
 * with MP_NET_REFUSED when the proxy says no (`report` says how), MP_NET_MALFORMED when it is no
 * proxy of that type. `report` starts zeroed. */
gboolean mp_net_proxy_connect(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                              guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                              MpNetStatus *status);
