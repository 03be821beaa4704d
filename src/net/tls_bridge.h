/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An HTTP CONNECT proxy on 127.0.0.1 that speaks TLS to one TURN server. libnice speaks plain TCP
 * even for "TURN over TLS"; behind this bridge its bytes really travel inside TLS.
 */
#pragma once

#include "base/address.h"

typedef struct _MpTlsBridge MpTlsBridge;

/* Listens at once. Only CONNECT to `server` is allowed; its certificate must name `server_name`
 * and chain to `ca_file` (PEM; NULL: the system's). NULL with MP_ERROR_UNAVAILABLE when there is no
 * port, or MP_ERROR_INPUT for a bad CA file. */
MpTlsBridge *mp_tls_bridge_new(const MpAddress *server, const char *server_name,
                               const char *ca_file, GError **error);
guint16 mp_tls_bridge_port(const MpTlsBridge *bridge);

/* Connections that were asked for by CONNECT and whose TLS handshake was completed. 0 after ICE
 * connected means that libnice went around the bridge: its "TLS" is no evidence then. */
guint mp_tls_bridge_handshakes(MpTlsBridge *bridge);

/* Ends every connection. Takes NULL. */
void mp_tls_bridge_free(MpTlsBridge *bridge);
