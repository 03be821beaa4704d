/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A WHIP client on libsoup.
 */
#include "session/whip_client.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base/error.h"
#include "session/http_proxy.h"
#include "wire/ice_fragment.h"

/* A record of ten minutes at 10 Mbps, with room. */
#define LARGEST_BODY ((gsize)64 * 1024 * 1024)

struct _MpWhipClient {
    SoupSession *soup;
    GUri *endpoint;
    GUri *session; /* NULL: none yet */
    const MpSecret *token;
    /* The network has changed: an idle connection may lead nowhere, and nothing tells so. */
    gboolean wants_new_connections;
};

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
    if (ca_file && !(trust = mp_http_trust_load(ca_file, error)))
        return NULL;

    MpWhipClient *client = g_new0(MpWhipClient, 1);
    client->endpoint = g_steal_pointer(&endpoint);
    client->token = token;
    client->soup = soup_session_new_with_options("user-agent", "mediapath ", "timeout", 0u, NULL);
    if (trust)
        soup_session_set_tls_database(client->soup, trust);
    return client;
}

void mp_whip_client_use_proxy(MpWhipClient *client, const char *url, const char *user,
                              const MpSecret *password)
{
    mp_http_use_proxy(client->soup, url, user, password);
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

static MpHttpReply *carry_out(MpWhipClient *client, SoupMessage *message, MpTime deadline,
                              GCancellable *cancellable)
{
    const char *token = mp_secret_peek(client->token);
    if (token) {
        g_autofree char *value = g_strconcat("Bearer ", token, NULL);
        soup_message_headers_replace(soup_message_get_request_headers(message), "Authorization",
                                     value);
    }
    if (client->wants_new_connections)
        soup_message_add_flags(message, SOUP_MESSAGE_NEW_CONNECTION);
    return mp_http_exchange(client->soup, message, LARGEST_BODY, deadline, cancellable);
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

MpHttpReply *mp_whip_client_offer(MpWhipClient *client, const char *sdp, MpTime deadline,
                                  GCancellable *cancellable)
{
    g_autoptr(SoupMessage) message = soup_message_new_from_uri("POST", client->endpoint);
    g_autoptr(GBytes) body = g_bytes_new(sdp, strlen(sdp));
    soup_message_set_request_body_from_bytes(message, "application/sdp", body);
    MpHttpReply *reply = carry_out(client, message, deadline, cancellable);

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

MpHttpReply *mp_whip_client_restart(MpWhipClient *client, const char *fragment, MpTime deadline,
                                    GCancellable *cancellable)
{
    g_return_val_if_fail(client->session, NULL);
    g_autoptr(SoupMessage) message = message_to_session(client, "PATCH", "");
    g_autoptr(GBytes) body = g_bytes_new(fragment, strlen(fragment));
    soup_message_set_request_body_from_bytes(message, MP_ICE_FRAGMENT_TYPE, body);
    /* The RFC writes the asterisk as an entity tag, with its quotation marks. */
    soup_message_headers_replace(soup_message_get_request_headers(message), "If-Match", "\"*\"");
    client->wants_new_connections = TRUE;
    return carry_out(client, message, deadline, cancellable);
}

MpHttpReply *mp_whip_client_take_record(MpWhipClient *client, MpTime deadline,
                                        GCancellable *cancellable)
{
    g_return_val_if_fail(client->session, NULL);
    g_autoptr(SoupMessage) message = message_to_session(client, "POST", "/record");
    return carry_out(client, message, deadline, cancellable);
}

MpHttpReply *mp_whip_client_delete(MpWhipClient *client, MpTime deadline)
{
    g_return_val_if_fail(client->session, NULL);
    g_autoptr(SoupMessage) message = message_to_session(client, "DELETE", "");
    MpHttpReply *reply = carry_out(client, message, deadline, NULL);
    g_clear_pointer(&client->session, g_uri_unref);
    return reply;
}

gboolean mp_whip_client_has_session(const MpWhipClient *client)
{
    return client->session != NULL;
}
