/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A WHIP client on libsoup.
 */
#include "session/whip_client.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base/error.h"
#include "base/timer.h"

/* A record of ten minutes at 10 Mbps, with room. */
#define LARGEST_BODY ((gsize)64 * 1024 * 1024)
#define PART_SIZE 65536

struct _MpWhipClient {
    SoupSession *soup;
    GUri *endpoint;
    GUri *session; /* NULL: none yet */
    const MpSecret *token;
};

/* One request on its way. */
typedef struct {
    GMainContext *context;
    GCancellable *cancellable;
    gboolean is_done;
    gboolean is_late;
    gboolean is_untrusted;
    gboolean is_too_long;
    GInputStream *stream;
    GByteArray *body;
    GError *error;
} Exchange;

void mp_whip_reply_free(MpWhipReply *reply)
{
    if (!reply)
        return;
    g_free(reply->detail);
    g_clear_pointer(&reply->body, g_bytes_unref);
    g_free(reply);
}

static GTlsDatabase *load_trust(const char *ca_file, GError **error)
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

MpWhipClient *mp_whip_client_new(const char *url, const MpSecret *token, const char *ca_file,
                                 GError **error)
{
    g_autoptr(GUri) endpoint = g_uri_parse(url, SOUP_HTTP_URI_FLAGS, NULL);
    const char *scheme = endpoint ? g_uri_get_scheme(endpoint) : NULL;
    if (!endpoint || !g_uri_get_host(endpoint) ||
        (!g_str_equal(scheme, "https") && !g_str_equal(scheme, "http"))) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "responder \"%s\", expected https://HOST[:PORT]/whip", url);
        return NULL;
    }
    g_autoptr(GTlsDatabase) trust = NULL;
    if (ca_file && !(trust = load_trust(ca_file, error)))
        return NULL;

    MpWhipClient *client = g_new0(MpWhipClient, 1);
    client->endpoint = g_steal_pointer(&endpoint);
    client->token = token;
    client->soup = soup_session_new_with_options("user-agent", "mediapath ", "timeout", 0u, NULL);
    if (trust)
        soup_session_set_tls_database(client->soup, trust);
    return client;
}

void mp_whip_client_free(MpWhipClient *client)
{
    if (!client)
        return;
    soup_session_abort(client->soup);
    g_object_unref(client->soup);
    g_uri_unref(client->endpoint);
    g_clear_pointer(&client->session, g_uri_unref);
    g_free(client);
}

static const struct {
    GQuark (*domain)(void);
    int code;
    MpWhipProgress progress;
} failures[] = {
    {g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, MP_WHIP_REFUSED},
    {g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, MP_WHIP_UNREACHABLE},
    {g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, MP_WHIP_UNREACHABLE},
    {g_io_error_quark, G_IO_ERROR_TIMED_OUT, MP_WHIP_SILENT},
    {g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, MP_WHIP_RESET},
    {g_io_error_quark, G_IO_ERROR_PARTIAL_INPUT, MP_WHIP_RESET},
    {g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, MP_WHIP_UNTRUSTED},
    {g_tls_error_quark, G_TLS_ERROR_EOF, MP_WHIP_RESET},
    {g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, MP_WHIP_UNRESOLVED},
    {g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, MP_WHIP_UNRESOLVED},
};

static MpWhipProgress progress_of(const Exchange *exchange)
{
    if (exchange->is_too_long)
        return MP_WHIP_MALFORMED;
    if (!exchange->error)
        return MP_WHIP_ANSWERED;
    if (exchange->is_late)
        return MP_WHIP_SILENT;
    if (exchange->is_untrusted)
        return MP_WHIP_UNTRUSTED;
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++)
        if (g_error_matches(exchange->error, failures[i].domain(), failures[i].code))
            return failures[i].progress;
    return MP_WHIP_MALFORMED;
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
    exchange->is_too_long = exchange->body->len > LARGEST_BODY;
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
    (void)certificate;
    (void)flaws;
    Exchange *exchange = user_data;
    exchange->is_untrusted = TRUE;
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

static MpWhipReply *describe(const Exchange *exchange, SoupMessage *message)
{
    MpWhipReply *reply = g_new0(MpWhipReply, 1);
    reply->progress = progress_of(exchange);
    if (exchange->error) {
        reply->detail = g_strdup(exchange->is_late ? "no answer in time"
                                                   : exchange->error->message);
        return reply;
    }
    reply->status = soup_message_get_status(message);
    reply->detail = g_strdup(exchange->is_too_long ? "the answer is longer than 64 MiB"
                                                   : soup_message_get_reason_phrase(message));
    reply->body = g_bytes_new(exchange->body->data, exchange->body->len);
    return reply;
}

static MpWhipReply *carry_out(MpWhipClient *client, SoupMessage *message, MpTime deadline,
                              GCancellable *outer)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Exchange exchange = {.context = g_main_context_ref_thread_default(),
                         .cancellable = cancellable,
                         .body = g_byte_array_new()};
    const char *token = mp_secret_peek(client->token);
    if (token) {
        g_autofree char *value = g_strconcat("Bearer ", token, NULL);
        soup_message_headers_replace(soup_message_get_request_headers(message), "Authorization",
                                     value);
    }
    g_signal_connect(message, "accept-certificate", G_CALLBACK(on_certificate), &exchange);
    GSource *timer = mp_timer_new(on_late, &exchange);
    gulong watch = outer ? g_cancellable_connect(outer, G_CALLBACK(on_cancelled), &exchange, NULL)
                         : 0;
    if (timer) {
        mp_timer_arm(timer, deadline);
        g_source_attach(timer, exchange.context);
    }
    soup_session_send_async(client->soup, message, G_PRIORITY_DEFAULT, cancellable, on_reply,
                            &exchange);
    while (!exchange.is_done)
        g_main_context_iteration(exchange.context, TRUE);

    if (outer)
        g_cancellable_disconnect(outer, watch);
    if (timer) {
        g_source_destroy(timer);
        g_source_unref(timer);
    }
    g_signal_handlers_disconnect_by_data(message, &exchange);
    MpWhipReply *reply = describe(&exchange, message);
    g_byte_array_unref(exchange.body);
    g_clear_object(&exchange.stream);
    g_clear_error(&exchange.error);
    g_main_context_unref(exchange.context);
    return reply;
}

/* The session must lie on the server that was asked: the token goes with every request to it. */
static GUri *parse_location(GUri *endpoint, const char *location)
{
    g_autoptr(GUri) uri = g_uri_parse_relative(endpoint, location, SOUP_HTTP_URI_FLAGS, NULL);
    if (!uri || !g_uri_get_host(uri) ||
        g_ascii_strcasecmp(g_uri_get_scheme(uri), g_uri_get_scheme(endpoint)) != 0 ||
        g_ascii_strcasecmp(g_uri_get_host(uri), g_uri_get_host(endpoint)) != 0 ||
        g_uri_get_port(uri) != g_uri_get_port(endpoint))
        return NULL;
    return g_steal_pointer(&uri);
}

MpWhipReply *mp_whip_client_offer(MpWhipClient *client, const char *sdp, MpTime deadline,
                                  GCancellable *cancellable)
{
    g_autoptr(SoupMessage) message = soup_message_new_from_uri("POST", client->endpoint);
    g_autoptr(GBytes) body = g_bytes_new(sdp, strlen(sdp));
    soup_message_set_request_body_from_bytes(message, "application/sdp", body);
    MpWhipReply *reply = carry_out(client, message, deadline, cancellable);

    const char *location = soup_message_headers_get_one(soup_message_get_response_headers(message),
                                                        "Location");
    if (reply->status == SOUP_STATUS_CREATED && location) {
        g_clear_pointer(&client->session, g_uri_unref);
        client->session = parse_location(client->endpoint, location);
    }
    return reply;
}

static SoupMessage *message_to_session(const MpWhipClient *client, const char *method,
                                       const char *suffix)
{
    g_autofree char *session = g_uri_to_string(client->session);
    g_autofree char *url = g_strconcat(session, suffix, NULL);
    return soup_message_new(method, url);
}

MpWhipReply *mp_whip_client_take_record(MpWhipClient *client, MpTime deadline,
                                        GCancellable *cancellable)
{
    g_return_val_if_fail(client->session, NULL);
    g_autoptr(SoupMessage) message = message_to_session(client, "POST", "/record");
    return carry_out(client, message, deadline, cancellable);
}

MpWhipReply *mp_whip_client_delete(MpWhipClient *client, MpTime deadline)
{
    g_return_val_if_fail(client->session, NULL);
    g_autoptr(SoupMessage) message = message_to_session(client, "DELETE", "");
    MpWhipReply *reply = carry_out(client, message, deadline, NULL);
    g_clear_pointer(&client->session, g_uri_unref);
    return reply;
}

gboolean mp_whip_client_has_session(const MpWhipClient *client)
{
    return client->session != NULL;
}
