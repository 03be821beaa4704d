/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One HTTP request on libsoup, to its end or its deadline.
 */
#include "session/http_exchange.h"

#include "base/error.h"
#include "base/timer.h"
#include "net/tls_report.h"

#define PART_SIZE 65536

/* One request on its way. */
typedef struct {
    GMainContext *context;
    GCancellable *cancellable;
    gboolean is_done;
    gboolean is_late;
    GTlsCertificate *untrusted; /* what the server showed; NULL: nothing is wrong with it */
    GTlsCertificateFlags flaws;
    gboolean is_too_long;
    gsize largest_body;
    GInputStream *stream;
    GByteArray *body;
    GError *error;
} Exchange;

void mp_http_reply_free(MpHttpReply *reply)
{
    if (!reply)
        return;
    g_free(reply->detail);
    g_free(reply->subject);
    g_free(reply->issuer);
    g_clear_pointer(&reply->body, g_bytes_unref);
    g_free(reply);
}

GTlsDatabase *mp_http_trust_load(const char *ca_file, GError **error)
{
    g_autoptr(GError) reason = NULL;
    /* glib-networking takes absolute names only. */
    g_autofree char *path = g_canonicalize_filename(ca_file, NULL);
    GTlsDatabase *trust = g_tls_file_database_new(path, &reason);
    if (!trust)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s, expected PEM certificates", ca_file,
                    reason->message);
    return trust;
}

SoupSession *mp_http_session_to(const MpAddress *server)
{
    g_autofree char *ip = mp_address_to_ip_string(server);
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(ip, server->port);
    g_return_val_if_fail(address, NULL);
    return soup_session_new_with_options("remote-connectable", address, NULL);
}

/* libsoup takes the address for the server's identity; before the handshake it can be changed. */
static void on_network_event(SoupMessage *message, GSocketClientEvent event, GIOStream *stream,
                             gpointer unused)
{
    (void)unused;
    if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING || !G_IS_TLS_CLIENT_CONNECTION(stream))
        return;
    GUri *uri = soup_message_get_uri(message);
    g_autoptr(GSocketConnectable)
        host = g_network_address_new(g_uri_get_host(uri), (guint16)g_uri_get_port(uri));
    g_tls_client_connection_set_server_identity(G_TLS_CLIENT_CONNECTION(stream), host);
}

void mp_http_expect_host(SoupMessage *message)
{
    g_signal_connect(message, "network-event", G_CALLBACK(on_network_event), NULL);
}

static const struct {
    GQuark (*domain)(void);
    int code;
    MpHttpProgress progress;
} failures[] = {
    {g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, MP_HTTP_REFUSED},
    {g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, MP_HTTP_UNREACHABLE},
    {g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, MP_HTTP_UNREACHABLE},
    {g_io_error_quark, G_IO_ERROR_TIMED_OUT, MP_HTTP_SILENT},
    {g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, MP_HTTP_RESET},
    {g_io_error_quark, G_IO_ERROR_PARTIAL_INPUT, MP_HTTP_RESET},
    {g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, MP_HTTP_UNTRUSTED},
    {g_tls_error_quark, G_TLS_ERROR_EOF, MP_HTTP_RESET},
    {g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, MP_HTTP_UNRESOLVED},
    {g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, MP_HTTP_UNRESOLVED},
};

static MpHttpProgress progress_of(const Exchange *exchange)
{
    if (exchange->is_too_long)
        return MP_HTTP_MALFORMED;
    if (!exchange->error)
        return MP_HTTP_ANSWERED;
    if (exchange->is_late)
        return MP_HTTP_SILENT;
    if (exchange->untrusted)
        return MP_HTTP_UNTRUSTED;
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++)
        if (g_error_matches(exchange->error, failures[i].domain(), failures[i].code))
            return failures[i].progress;
    return MP_HTTP_MALFORMED;
}

static void on_part(GObject *stream, GAsyncResult *result, gpointer user_data);

static void read_on(Exchange *exchange)
{
    g_input_stream_read_bytes_async(exchange->stream, PART_SIZE, G_PRIORITY_DEFAULT,
                                    exchange->cancellable, on_part, exchange);
}

/* Part by part, so that an endless body ends here and not when the memory does. */
static void on_part(GObject *stream, GAsyncResult *result, gpointer user_data)
{
    Exchange *exchange = user_data;
    g_autoptr(GBytes)
        part = g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, &exchange->error);
    exchange->is_done = !part || g_bytes_get_size(part) == 0;
    if (exchange->is_done)
        return;
    g_byte_array_append(exchange->body, g_bytes_get_data(part, NULL),
                        (guint)g_bytes_get_size(part));
    exchange->is_too_long = exchange->body->len > exchange->largest_body;
    exchange->is_done = exchange->is_too_long;
    if (!exchange->is_done)
        read_on(exchange);
}

static void on_reply(GObject *soup, GAsyncResult *result, gpointer user_data)
{
    Exchange *exchange = user_data;
    exchange->stream = soup_session_send_finish(SOUP_SESSION(soup), result, &exchange->error);
    if (exchange->stream)
        read_on(exchange);
    else
        exchange->is_done = TRUE;
}

static gboolean on_certificate(SoupMessage *message, GTlsCertificate *certificate,
                               GTlsCertificateFlags flaws, gpointer user_data)
{
    (void)message;
    Exchange *exchange = user_data;
    g_set_object(&exchange->untrusted, certificate);
    exchange->flaws = flaws;
    return FALSE;
}

static void on_late(MpTime now, gpointer user_data)
{
    (void)now;
    Exchange *exchange = user_data;
    exchange->is_late = TRUE;
    g_cancellable_cancel(exchange->cancellable);
}

static void on_cancelled(GCancellable *outer, gpointer user_data)
{
    (void)outer;
    Exchange *exchange = user_data;
    g_cancellable_cancel(exchange->cancellable);
    g_main_context_wakeup(exchange->context);
}

/* A chain that nobody vouches for may name anybody: what comes first weighs most. */
static const struct {
    GTlsCertificateFlags flag;
    const char *name;
    const char *text;
} flaws[] = {
    {G_TLS_CERTIFICATE_UNKNOWN_CA, "untrusted", "no trusted authority signed the certificate"},
    {G_TLS_CERTIFICATE_BAD_IDENTITY, "name", "the certificate is for another name"},
    {G_TLS_CERTIFICATE_EXPIRED, "expired", "the certificate has expired"},
    {G_TLS_CERTIFICATE_NOT_ACTIVATED, "not-yet-valid", "the certificate is not yet valid"},
};

static void describe_certificate(const Exchange *exchange, MpHttpReply *reply)
{
    reply->flaw = "untrusted";
    g_autoptr(GByteArray) der = NULL;
    g_object_get(exchange->untrusted, "certificate", &der, NULL);
    if (der)
        mp_tls_names(der->data, der->len, &reply->subject, &reply->issuer);
    for (gsize i = 0; i < G_N_ELEMENTS(flaws); i++) {
        if (!(exchange->flaws & flaws[i].flag))
            continue;
        reply->flaw = flaws[i].name;
        g_free(reply->detail);
        reply->detail = g_strdup(flaws[i].text);
        return;
    }
}

static MpHttpReply *describe(const Exchange *exchange, SoupMessage *message)
{
    MpHttpReply *reply = g_new0(MpHttpReply, 1);
    reply->progress = progress_of(exchange);
    if (exchange->error) {
        reply->detail = g_strdup(exchange->is_late ? "no answer in time"
                                                   : exchange->error->message);
        if (reply->progress == MP_HTTP_UNTRUSTED)
            describe_certificate(exchange, reply);
        return reply;
    }
    reply->status = soup_message_get_status(message);
    reply->detail = g_strdup(exchange->is_too_long ? "the answer is too long"
                                                   : soup_message_get_reason_phrase(message));
    reply->body = g_bytes_new(exchange->body->data, exchange->body->len);
    return reply;
}

/* Hands the message over; what comes back ends in `is_done`. */
typedef void (*Begin)(SoupSession *soup, SoupMessage *message, Exchange *exchange);

static void begin_request(SoupSession *soup, SoupMessage *message, Exchange *exchange)
{
    soup_session_send_async(soup, message, G_PRIORITY_DEFAULT, exchange->cancellable, on_reply,
                            exchange);
}

static void on_upgrade(GObject *soup, GAsyncResult *result, gpointer user_data)
{
    Exchange *exchange = user_data;
    g_autoptr(SoupWebsocketConnection) connection = soup_session_websocket_connect_finish(
        SOUP_SESSION(soup), result, &exchange->error);
    if (connection)
        soup_websocket_connection_close(connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
    /* An answer that is no upgrade is an answer: its status says so. A wrong upgrade is none. */
    SoupMessage *message = soup_session_get_async_result_message(SOUP_SESSION(soup), result);
    gboolean claims_upgrade = message &&
                              soup_message_get_status(message) == SOUP_STATUS_SWITCHING_PROTOCOLS;
    if (exchange->error && exchange->error->domain == SOUP_WEBSOCKET_ERROR && !claims_upgrade)
        g_clear_error(&exchange->error);
    exchange->is_done = TRUE;
}

static void begin_upgrade(SoupSession *soup, SoupMessage *message, Exchange *exchange)
{
    soup_session_websocket_connect_async(soup, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                         exchange->cancellable, on_upgrade, exchange);
}

static void run(Exchange *exchange, MpTime deadline, GCancellable *outer)
{
    GSource *timer = mp_timer_new(on_late, exchange);
    gulong watch = outer ? g_cancellable_connect(outer, G_CALLBACK(on_cancelled), exchange, NULL)
                         : 0;
    if (timer) {
        mp_timer_arm(timer, deadline);
        g_source_attach(timer, exchange->context);
    }
    while (!exchange->is_done)
        g_main_context_iteration(exchange->context, TRUE);

    if (outer)
        g_cancellable_disconnect(outer, watch);
    if (timer) {
        g_source_destroy(timer);
        g_source_unref(timer);
    }
}

static MpHttpReply *carry_out(Begin begin, SoupSession *soup, SoupMessage *message,
                              gsize largest_body, MpTime deadline, GCancellable *outer)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Exchange exchange = {.context = g_main_context_ref_thread_default(),
                         .cancellable = cancellable,
                         .body = g_byte_array_new(),
                         .largest_body = largest_body};
    g_signal_connect(message, "accept-certificate", G_CALLBACK(on_certificate), &exchange);
    begin(soup, message, &exchange);
    run(&exchange, deadline, outer);
    g_signal_handlers_disconnect_by_data(message, &exchange);
    MpHttpReply *reply = describe(&exchange, message);
    g_byte_array_unref(exchange.body);
    g_clear_object(&exchange.stream);
    g_clear_object(&exchange.untrusted);
    g_clear_error(&exchange.error);
    g_main_context_unref(exchange.context);
    return reply;
}

MpHttpReply *mp_http_exchange(SoupSession *soup, SoupMessage *message, gsize largest_body,
                              MpTime deadline, GCancellable *cancellable)
{
    return carry_out(begin_request, soup, message, largest_body, deadline, cancellable);
}

MpHttpReply *mp_http_upgrade(SoupSession *soup, SoupMessage *message, MpTime deadline,
                             GCancellable *cancellable)
{
    return carry_out(begin_upgrade, soup, message, 0, deadline, cancellable);
}
