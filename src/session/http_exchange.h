/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One HTTP request on libsoup, to its end or its deadline. It runs the thread's default context
 * until then, so that what else lives there goes on.
 */
#pragma once

#include <libsoup/soup.h>

#include "base/address.h"
#include "base/time.h"

/* How far a request came. */
typedef enum {
    MP_HTTP_ANSWERED,   /* an HTTP status came */
    MP_HTTP_UNRESOLVED, /* the host name has no address */
    MP_HTTP_REFUSED,
    MP_HTTP_UNREACHABLE,
    MP_HTTP_SILENT,
    MP_HTTP_RESET,
    MP_HTTP_UNTRUSTED, /* the certificate does not verify */
    MP_HTTP_MALFORMED, /* something that is not HTTP, or is too long */
} MpHttpProgress;

typedef struct {
    MpHttpProgress progress;
    guint status; /* HTTP status; 0: none came */
    char *detail; /* reason phrase, or the error in one line */
    GBytes *body; /* NULL: none */

    /* MP_HTTP_UNTRUSTED: what the server showed. RFC 2253 text; NULL: not known. */
    const char *flaw; /* "expired", "not-yet-valid", "name" (of another host) or "untrusted" */
    char *subject;
    char *issuer;
} MpHttpReply;

void mp_http_reply_free(MpHttpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpHttpReply, mp_http_reply_free)

/* The authorities of a PEM file. NULL with MP_ERROR_INPUT. */
GTlsDatabase *mp_http_trust_load(const char *ca_file, GError **error);

/* A session that connects to `server` whatever host a message names, so that no name is resolved
 * again. Its messages go through mp_http_expect_host() first, and no proxy is asked. */
SoupSession *mp_http_session_to(const MpAddress *server);
/* The message's host is who must be there (SNI and certificate), not the session's address. */
void mp_http_expect_host(SoupMessage *message);

/* Sends it and reads the whole body; past `largest_body` bytes it is malformed. `deadline` is on
 * mp_clock_now(). */
MpHttpReply *mp_http_exchange(SoupSession *soup, SoupMessage *message, gsize largest_body,
                              MpTime deadline, GCancellable *cancellable);

/* Asks for a WebSocket, RFC 6455, and closes it at once. Status 101: it was opened; any other is
 * what the server said instead. */
MpHttpReply *mp_http_upgrade(SoupSession *soup, SoupMessage *message, MpTime deadline,
                             GCancellable *cancellable);
