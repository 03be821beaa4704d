/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an HTTP server of ours takes.
 */
#include "responder/http_limits.h"

#include "responder/http_listener.h"

/* An endless body must not fill the memory: it is cut as soon as it is too long. */
static void on_chunk(SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
    (void)chunk;
    (void)user_data;
    if (soup_server_message_get_request_body(message)->length > MP_LARGEST_BODY)
        mp_http_listener_cut(message);
}

/* Before 3.3 libsoup keeps a connection for ever that its client closes between two requests: each
 * would cost a descriptor, and with a thousand of them nobody got in any more. And without a
 * listener of its own no libsoup waits for a second request. Not before the body is here: an answer
 * of 100 clears the headers. */
static void on_body(SoupServerMessage *message, gpointer user_data)
{
    (void)user_data;
    soup_message_headers_replace(soup_server_message_get_response_headers(message), "Connection",
                                 "close");
}

static void on_started(SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
    (void)server;
    (void)user_data;
    g_signal_connect(message, "got-chunk", G_CALLBACK(on_chunk), NULL);
    g_signal_connect(message, "got-body", G_CALLBACK(on_body), NULL);
}

void mp_http_limits_set(SoupServer *server)
{
    g_signal_connect(server, "request-started", G_CALLBACK(on_started), NULL);
}
