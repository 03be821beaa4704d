/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an HTTP server of ours takes.
 */
#include "responder/http_limits.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* An endless body must not fill the memory: it is cut as soon as it is too long. */
static void on_chunk(SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
    (void)chunk;
    (void)user_data;
    if (soup_server_message_get_request_body(message)->length <= MP_LARGEST_BODY)
        return;
    GSocket *socket = soup_server_message_get_socket(message);
    if (socket)
        g_socket_shutdown(socket, TRUE, TRUE, NULL);
}

static void on_started(SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
    (void)server;
    (void)user_data;
    g_signal_connect(message, "got-chunk", G_CALLBACK(on_chunk), NULL);
}

/* RFC 9293 section 3.7.1: what every path carries. Where large packets vanish, the record that
 * shows it must still get through. */
#define SEGMENT_BYTES 536

static void use_small_segments(SoupServer *server)
{
    g_autoptr(GSList) listeners = soup_server_get_listeners(server);
    g_autoptr(GError) reason = NULL;
    for (GSList *item = listeners; item; item = item->next)
        if (!g_socket_set_option(item->data, IPPROTO_TCP, TCP_MAXSEG, SEGMENT_BYTES, &reason)) {
            g_debug("TCP_MAXSEG: %s", reason->message);
            g_clear_error(&reason);
        }
}

void mp_http_limits_set(SoupServer *server)
{
    g_signal_connect(server, "request-started", G_CALLBACK(on_started), NULL);
    use_small_segments(server);
}
