/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The connections of an HTTP server of ours. libsoup's own listener loses the memory of each
 * connection before 3.4 (its commit b545d5f0), of each failed handshake before 3.3 (6308303e), and
 * hears nothing any more after an accept(2) that failed.
 */
#include "responder/http_listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* RFC 9293 section 3.7.1: what every path carries. Where large packets vanish, the record that
 * shows it must still get through. */
#define SEGMENT_BYTES 536
/* Of the address that the server knows a connection's far end by. */
#define SOCKET_KEY "mediapath-socket"

/* Counted: whoever shakes hands keeps it. */
struct _MpHttpListener {
    SoupServer *server; /* NULL: it has ended */
    GTlsCertificate *certificate;
    GSocket *socket;
    GSource *source;
};

static void clear(gpointer data)
{
    MpHttpListener *listener = data;
    g_clear_object(&listener->socket);
}

static void hand_over(MpHttpListener *listener, GIOStream *stream, GSocketConnection *connection)
{
    g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address(connection, NULL);
    g_autoptr(GSocketAddress) remote = g_socket_connection_get_remote_address(connection, NULL);
    /* One that has gone already has no address any more. */
    if (!listener->server || !local || !remote)
        return;
    g_object_set_data_full(G_OBJECT(remote), SOCKET_KEY,
                           g_object_ref(g_socket_connection_get_socket(connection)),
                           g_object_unref);
    (void)soup_server_accept_iostream(listener->server, stream, local, remote, NULL);
}

void mp_http_listener_cut(SoupServerMessage *message)
{
    GSocket *socket = g_object_get_data(G_OBJECT(soup_server_message_get_remote_address(message)),
                                        SOCKET_KEY);
    if (socket)
        g_socket_shutdown(socket, TRUE, TRUE, NULL);
}

static void on_handshake(GObject *stream, GAsyncResult *result, gpointer user_data)
{
    MpHttpListener *listener = user_data;
    g_autoptr(GIOStream) base = NULL;
    g_object_get(stream, "base-io-stream", &base, NULL);
    if (g_tls_connection_handshake_finish(G_TLS_CONNECTION(stream), result, NULL))
        hand_over(listener, G_IO_STREAM(stream), G_SOCKET_CONNECTION(base));
    g_rc_box_release_full(listener, clear);
}

static void shake_hands(MpHttpListener *listener, GSocketConnection *connection)
{
    static const char *const protocols[] = {"http/1.1", NULL};
    g_autoptr(GIOStream)
        stream = g_tls_server_connection_new(G_IO_STREAM(connection), listener->certificate, NULL);
    if (!stream)
        return;
    g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream), protocols);
    g_tls_connection_set_require_close_notify(G_TLS_CONNECTION(stream), FALSE);
    g_tls_connection_handshake_async(G_TLS_CONNECTION(stream), G_PRIORITY_DEFAULT, NULL,
                                     on_handshake, g_rc_box_acquire(listener));
}

static gboolean on_incoming(GSocket *listening, GIOCondition condition, gpointer user_data)
{
    (void)condition;
    MpHttpListener *listener = user_data;
    /* The process may be out of descriptors for the moment. */
    g_autoptr(GSocket) socket = g_socket_accept(listening, NULL, NULL);
    if (!socket)
        return G_SOURCE_CONTINUE;
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
    g_autoptr(GSocketConnection) connection = g_socket_connection_factory_create_connection(socket);
    if (listener->certificate)
        shake_hands(listener, connection);
    else
        hand_over(listener, G_IO_STREAM(connection), connection);
    return G_SOURCE_CONTINUE;
}

static GSocket *listen_at(const MpAddress *address, GError **error)
{
    struct sockaddr_storage storage;
    socklen_t size = mp_address_to_sockaddr(address, &storage);
    g_autoptr(GSocketAddress) place = g_socket_address_new_from_native(&storage, size);
    g_autoptr(GSocket) socket = g_socket_new(g_socket_address_get_family(place),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
    g_autoptr(GError) reason = NULL;
    if (!socket || !g_socket_bind(socket, place, TRUE, error) || !g_socket_listen(socket, error))
        return NULL;
    if (!g_socket_set_option(socket, IPPROTO_TCP, TCP_MAXSEG, SEGMENT_BYTES, &reason))
        g_debug("TCP_MAXSEG: %s", reason->message);
    g_socket_set_blocking(socket, FALSE);
    return g_steal_pointer(&socket);
}

MpHttpListener *mp_http_listener_new(SoupServer *server, const MpAddress *address,
                                     GTlsCertificate *certificate, GError **error)
{
    GSocket *socket = listen_at(address, error);
    if (!socket)
        return NULL;
    MpHttpListener *listener = g_rc_box_new0(MpHttpListener);
    listener->server = server;
    listener->certificate = certificate;
    listener->socket = socket;
    listener->source = g_socket_create_source(socket, G_IO_IN, NULL);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(listener->source, (GSourceFunc)(void (*)(void))on_incoming, listener,
                          NULL);
    g_source_attach(listener->source, g_main_context_get_thread_default());
    return listener;
}

void mp_http_listener_free(MpHttpListener *listener)
{
    if (!listener)
        return;
    g_source_destroy(listener->source);
    g_clear_pointer(&listener->source, g_source_unref);
    listener->server = NULL;
    g_rc_box_release_full(listener, clear);
}
