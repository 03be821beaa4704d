/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The WHIP endpoint on libsoup.
 */
#include "responder/whip_service.h"

#include <libsoup/soup.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/error.h"
#include "base/random.h"
#include "responder/call_page.h"
#include "responder/cross_origin.h"
#include "responder/http_limits.h"
#include "responder/http_listener.h"
#include "wire/ice_fragment.h"

#define ENDPOINT "/whip"
#define SESSIONS "/whip/session/"
#define RECORD "record"
#define COUNTERS "counters"
#define SDP_TYPE "application/sdp"
/* RFC 6585 section 3. */
#define STATUS_PRECONDITION_REQUIRED 428
#define SESSION_ID_LENGTH 32
#define TAG_LENGTH 12

struct _MpWhipService {
    SoupServer *server;
    MpHttpListener *listener;
    MpWhipConfig config;
    GHashTable *calls; /* session id -> Call */
    MpCrew *crew;
};

/* One session. While a message waits for an answer or a record, the server holds it paused. */
typedef struct {
    MpWhipService *service;
    char *id;
    MpPeer *peer;
    char *tag;                  /* entity tag of the ICE session, RFC 9725 section 4.3.1 */
    SoupServerMessage *waiting; /* owned; NULL: none */
} Call;

static void refuse(SoupServerMessage *message, guint status, const char *reason)
{
    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_COPY, reason,
                                     strlen(reason));
}

/* Lets the waiting message go on. */
static void finish(Call *call)
{
    SoupServerMessage *message = g_steal_pointer(&call->waiting);
    if (!message)
        return;
    soup_server_message_unpause(message);
    g_object_unref(message);
}

static void wait_with(Call *call, SoupServerMessage *message)
{
    call->waiting = g_object_ref(message);
    soup_server_message_pause(message);
}

static void free_call(gpointer data)
{
    Call *call = data;
    if (call->waiting) {
        refuse(call->waiting, SOUP_STATUS_GONE, "the session has ended\n");
        finish(call);
    }
    mp_peer_free(call->peer);
    g_free(call->tag);
    g_free(call->id);
    g_free(call);
}

static void show_tag(Call *call)
{
    g_autofree char *token = mp_random_token(TAG_LENGTH);
    g_free(call->tag);
    call->tag = g_strdup_printf("\"%s\"", token);
    soup_message_headers_replace(soup_server_message_get_response_headers(call->waiting), "ETag",
                                 call->tag);
}

static void on_answered(const char *sdp, const GError *error, gpointer user_data)
{
    Call *call = user_data;
    if (!sdp) {
        if (call->waiting)
            refuse(call->waiting,
                   g_error_matches(error, MP_ERROR, MP_ERROR_MALFORMED)
                       ? SOUP_STATUS_UNPROCESSABLE_ENTITY
                       : SOUP_STATUS_SERVICE_UNAVAILABLE,
                   error->message);
        finish(call);
        g_hash_table_remove(call->service->calls, call->id);
        return;
    }
    g_autofree char *location = g_strconcat(SESSIONS, call->id, NULL);
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(call->waiting);
    soup_message_headers_replace(headers, "Location", location);
    show_tag(call);
    soup_server_message_set_response(call->waiting, SDP_TYPE, SOUP_MEMORY_COPY, sdp, strlen(sdp));
    soup_server_message_set_status(call->waiting, SOUP_STATUS_CREATED, NULL);
    finish(call);
}

static void on_restarted(const char *fragment, const GError *error, gpointer user_data)
{
    Call *call = user_data;
    if (!call->waiting)
        return;
    if (fragment) {
        show_tag(call);
        soup_server_message_set_response(call->waiting, MP_ICE_FRAGMENT_TYPE, SOUP_MEMORY_COPY,
                                         fragment, strlen(fragment));
        soup_server_message_set_status(call->waiting, SOUP_STATUS_OK, NULL);
    } else {
        refuse(call->waiting, SOUP_STATUS_SERVICE_UNAVAILABLE, error->message);
    }
    finish(call);
}

static void on_ended(MpPeer *peer, gpointer user_data)
{
    (void)peer;
    Call *call = user_data;
    g_hash_table_remove(call->service->calls, call->id);
}

static void hand_over(Call *call, GBytes *bytes, const char *type)
{
    if (!call->waiting)
        return;
    soup_message_headers_set_content_type(soup_server_message_get_response_headers(call->waiting),
                                          type, NULL);
    /* A record may be long, and is lent out to several answers. */
    soup_message_body_append_bytes(soup_server_message_get_response_body(call->waiting), bytes);
    soup_server_message_set_status(call->waiting, SOUP_STATUS_OK, NULL);
    finish(call);
}

static void on_recorded(GBytes *record, gpointer user_data)
{
    hand_over(user_data, record, MP_RECORD_CONTENT_TYPE);
}

static void on_counted(GBytes *counters, gpointer user_data)
{
    Call *call = user_data;
    if (counters) {
        hand_over(call, counters, "application/json");
        return;
    }
    if (call->waiting)
        refuse(call->waiting, SOUP_STATUS_CONFLICT,
               "this session has a record; counters are of media that is sent back\n");
    finish(call);
}

/* In constant time, whatever was sent. */
static gboolean is_authorised(const MpWhipService *service, SoupServerMessage *message)
{
    const char *token = mp_secret_peek(service->config.token);
    if (!token)
        return TRUE;
    const char *header = soup_message_headers_get_one(
        soup_server_message_get_request_headers(message), "Authorization");
    if (!header || g_ascii_strncasecmp(header, "Bearer ", 7) != 0)
        return FALSE;
    const char *shown = header + 7;
    return strlen(shown) == strlen(token) && CRYPTO_memcmp(shown, token, strlen(token)) == 0;
}

static void create_session(MpWhipService *service, SoupServerMessage *message)
{
    const char *type = soup_message_headers_get_content_type(
        soup_server_message_get_request_headers(message), NULL);
    SoupMessageBody *body = soup_server_message_get_request_body(message);
    if (g_strcmp0(type, SDP_TYPE) != 0 || body->length > MP_LARGEST_BODY) {
        refuse(message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE,
               "expected application/sdp of at most 64 KiB\n");
        return;
    }
    if (g_hash_table_size(service->calls) >= service->config.most_sessions) {
        refuse(message, SOUP_STATUS_SERVICE_UNAVAILABLE, "all sessions are taken\n");
        return;
    }
    g_autoptr(GError) error = NULL;
    MpSdp *offer = mp_sdp_parse(body->data ? body->data : "", (gsize)body->length, &error);
    if (!offer) {
        refuse(message, SOUP_STATUS_BAD_REQUEST, error->message);
        return;
    }
    Call *call = g_new0(Call, 1);
    g_autofree char *token = mp_random_token(SESSION_ID_LENGTH);
    call->service = service;
    call->id = g_strdelimit(g_strdup(token), "+/", '-');
    g_hash_table_insert(service->calls, call->id, call);
    wait_with(call, message);
    call->peer = mp_peer_new(&service->config.peer, offer, on_answered, on_ended, call);
}

/* RFC 9725 section 4.3.3: a restart names any ICE session. Both spellings are met. */
static gboolean is_restart(const char *if_match)
{
    return g_str_equal(if_match, "*") || g_str_equal(if_match, "\"*\"");
}

static void restart_ice(Call *call, SoupServerMessage *message)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    SoupMessageBody *body = soup_server_message_get_request_body(message);
    const char *if_match = soup_message_headers_get_one(headers, "If-Match");
    if (g_strcmp0(soup_message_headers_get_content_type(headers, NULL), MP_ICE_FRAGMENT_TYPE) !=
        0) {
        refuse(message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "expected " MP_ICE_FRAGMENT_TYPE "\n");
        return;
    }
    if (!if_match) {
        refuse(message, STATUS_PRECONDITION_REQUIRED, "expected If-Match\n");
        return;
    }
    if (!is_restart(if_match)) {
        gboolean is_present = g_strcmp0(if_match, call->tag) == 0;
        refuse(message,
               is_present ? SOUP_STATUS_UNPROCESSABLE_ENTITY : SOUP_STATUS_PRECONDITION_FAILED,
               is_present ? "candidates are taken with an ICE restart only\n"
                          : "no such ICE session\n");
        return;
    }
    g_autoptr(GError) error = NULL;
    MpIceFragment *fragment = mp_ice_fragment_parse(body->data ? body->data : "",
                                                    (gsize)body->length, &error);
    if (!fragment) {
        refuse(message, SOUP_STATUS_BAD_REQUEST, error->message);
        return;
    }
    wait_with(call, message);
    mp_peer_restart(call->peer, fragment, on_restarted, call);
}

static void refuse_second(SoupServerMessage *message)
{
    refuse(message, SOUP_STATUS_CONFLICT, "a request of this session is still being answered\n");
}

static void take_record(Call *call, SoupServerMessage *message)
{
    wait_with(call, message);
    mp_peer_take_record(call->peer, on_recorded, call);
}

static void take_counters(Call *call, SoupServerMessage *message)
{
    wait_with(call, message);
    mp_peer_take_counters(call->peer, on_counted, call);
}

static void end(Call *call, SoupServerMessage *message)
{
    g_hash_table_remove(call->service->calls, call->id);
    soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
}

/* What may be done with a session, and with what stands behind it after a slash. */
static const struct {
    const char *method;
    const char *part; /* NULL: the session itself */
    void (*handle)(Call *call, SoupServerMessage *message);
} session_methods[] = {
    {"PATCH", NULL, restart_ice},
    {"DELETE", NULL, end},
    {"POST", RECORD, take_record},
    {"GET", COUNTERS, take_counters},
};

static void handle_session(MpWhipService *service, SoupServerMessage *message, const char *path)
{
    const char *method = soup_server_message_get_method(message);
    g_auto(GStrv) parts = g_strsplit(path + strlen(SESSIONS), "/", 2);
    Call *call = parts[0] ? g_hash_table_lookup(service->calls, parts[0]) : NULL;
    if (!call) {
        refuse(message, SOUP_STATUS_NOT_FOUND, "no such session\n");
        return;
    }
    if (call->waiting && !g_str_equal(method, "DELETE")) {
        refuse_second(message);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(session_methods); i++) {
        if (!g_str_equal(method, session_methods[i].method) ||
            g_strcmp0(parts[1], session_methods[i].part) != 0)
            continue;
        session_methods[i].handle(call, message);
        return;
    }
    refuse(message, SOUP_STATUS_METHOD_NOT_ALLOWED,
           "expected PATCH or DELETE of the session, POST of its record or GET of its counters\n");
}

/* What needs no token: the page, which holds no secret, and a browser's question whether it may
 * ask. */
static gboolean handle_open(const MpWhipService *service, SoupServerMessage *message,
                            const char *path)
{
    const char *method = soup_server_message_get_method(message);
    if (g_str_equal(path, MP_CALL_PAGE) && g_str_equal(method, "GET")) {
        mp_call_page_serve(message);
        return TRUE;
    }
    if (!service->config.token)
        return FALSE;
    mp_cross_origin_allow(message);
    if (!g_str_equal(method, "OPTIONS"))
        return FALSE;
    mp_cross_origin_preflight(message);
    return TRUE;
}

static void on_request(SoupServer *server, SoupServerMessage *message, const char *path,
                       GHashTable *query, gpointer user_data)
{
    (void)server;
    (void)query;
    MpWhipService *service = user_data;
    if (handle_open(service, message, path))
        return;
    if (!is_authorised(service, message)) {
        soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                     "WWW-Authenticate", "Bearer");
        refuse(message, SOUP_STATUS_UNAUTHORIZED, "expected the bearer token\n");
    } else if (g_str_has_prefix(path, SESSIONS)) {
        handle_session(service, message, path);
    } else if (!g_str_equal(path, ENDPOINT)) {
        refuse(message, SOUP_STATUS_NOT_FOUND, "expected " ENDPOINT "\n");
    } else if (!g_str_equal(soup_server_message_get_method(message), "POST")) {
        refuse(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "expected POST of an SDP offer\n");
    } else {
        create_session(service, message);
    }
}

MpWhipService *mp_whip_service_new(const MpWhipConfig *config, GError **error)
{
    MpWhipService *service = g_new0(MpWhipService, 1);
    service->config = *config;
    service->crew = service->config.peer.crew = mp_crew_new();
    service->calls = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_call);
    service->server = soup_server_new("server-header", "mediapath ", NULL);
    mp_http_limits_set(service->server);
    soup_server_add_handler(service->server, NULL, on_request, service, NULL);

    g_autoptr(GError) reason = NULL;
    service->listener = mp_http_listener_new(service->server, &config->listen, config->certificate,
                                             &reason);
    if (service->listener)
        return service;
    g_autofree char *text = mp_address_to_string(&config->listen);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "TCP %s for WHIP: %s", text,
                reason->message);
    mp_whip_service_free(service);
    return NULL;
}

void mp_whip_service_free(MpWhipService *service)
{
    if (!service)
        return;
    mp_http_listener_free(service->listener);
    soup_server_disconnect(service->server);
    g_hash_table_unref(service->calls);
    mp_crew_free(service->crew);
    g_object_unref(service->server);
    g_free(service);
}
