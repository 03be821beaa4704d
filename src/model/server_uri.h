/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * stun:, stuns:, turn: and turns: URIs, RFC 7064 and RFC 7065.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_TRANSPORT_UDP,
    MP_TRANSPORT_TCP,
    MP_TRANSPORT_TLS,
    MP_TRANSPORT_DTLS,
} MpTransport;

/* "udp", "tcp", "tls", "dtls". */
const char *mp_transport_name(MpTransport transport);
/* UDP, and DTLS over it. */
gboolean mp_transport_is_datagram(MpTransport transport);
/* With a certificate: TLS and DTLS. */
gboolean mp_transport_is_secure(MpTransport transport);

typedef struct {
    gboolean is_turn;
    MpTransport transport;     /* turns: and stuns: are MP_TRANSPORT_TLS unless UDP is asked for */
    char *host;                /* name or IP literal without brackets */
    guint16 port;              /* 3478, or 5349 for the secure schemes, unless given */
    gboolean lacks_port;       /* none was given: SRV records may name another */
    gboolean asks_turn_server; /* a Binding to a TURN server: its SRV records are those of TURN */
} MpServerUri;

/* MP_ERROR_INPUT quotes the text and says what was expected. turns: with transport=udp is
 * TURN over DTLS, RFC 7350. */
MpServerUri *mp_server_uri_parse(const char *text, GError **error);
MpServerUri *mp_server_uri_copy(const MpServerUri *uri);
/* The canonical text, always with port and, for turn:, the transport. Free with g_free(). */
char *mp_server_uri_to_string(const MpServerUri *uri);
void mp_server_uri_free(MpServerUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpServerUri, mp_server_uri_free)
