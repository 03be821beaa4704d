/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The connections of an HTTP server of ours.
 */
#pragma once

#include <libsoup/soup.h>

#include "base/address.h"

typedef struct _MpHttpListener MpHttpListener;

/* Accepts connections for `server`, in the thread's default context; with TLS where there is a
 * `certificate`. Both are lent until it is freed. NULL with `error` of GIO: not to be had. */
MpHttpListener *mp_http_listener_new(SoupServer *server, const MpAddress *address,
                                     GTlsCertificate *certificate, GError **error);
/* No connection comes any more; those that are there belong to the server. */
void mp_http_listener_free(MpHttpListener *listener);

/* Ends the connection that the message came by, in the middle of whatever it is. */
void mp_http_listener_cut(SoupServerMessage *message);
