/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An HTTP CONNECT proxy on loopback that leads to one TURN server the way libnice cannot go
 * itself: inside TLS (libnice speaks plain TCP even for "TURN over TLS"), through the site's own
 * proxy, or both.
 */
#pragma once

#include "base/address.h"
#include "net/proxy.h"

typedef struct _MpRelayBridge MpRelayBridge;

/* Copied; secrets stay the caller's and must outlive the bridge. */
typedef struct {
    MpAddress server;        /* what CONNECT must name; where there is no proxy, where it leads */
    const char *server_name; /* host name or IP literal; TLS demands it, a proxy is asked for it */
    gboolean is_tls;
    const char *ca_file;    /* PEM; NULL: the system's */
    const MpAddress *proxy; /* NULL: none */
    MpNetProxyLogin proxy_login;
} MpRelayBridgeConfig;

/* Listens at once. NULL with MP_ERROR_UNAVAILABLE when there is no port, or MP_ERROR_INPUT for a
 * bad CA file. */
MpRelayBridge *mp_relay_bridge_new(const MpRelayBridgeConfig *config, GError **error);
guint16 mp_relay_bridge_port(const MpRelayBridge *bridge);

/* Connections that were asked for by CONNECT and that reached the server, with its TLS handshake
 * where there is TLS. 0 after ICE connected means that libnice went around the bridge: what it
 * found is no evidence for this way then. */
guint mp_relay_bridge_handshakes(MpRelayBridge *bridge);

/* Ends every connection. Takes NULL. */
void mp_relay_bridge_free(MpRelayBridge *bridge);
