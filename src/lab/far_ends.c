/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers of a lab as values.
 */
#include "lab/far_ends.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/random.h"
#include "lab/places.h"

/* TURN, TURN over TLS, the responder. */
#define LOOPBACK_PORTS 3
#define LOOPBACK_LIMIT                                                                             \
    "no namespaces here: NAT, firewall and addresses inside the ranges of row 3-1 are not shown"

/* It starts with a letter and not with 0x, which coturn would read as a key in hexadecimal. */
static MpSecret *new_password(void)
{
    g_autofree char *token = mp_random_token(32);
    token[0] = 'k';
    MpSecret *password = mp_secret_new(token);
    explicit_bzero(token, 32);
    return password;
}

static MpFarEnds *far_ends_new(const MpNetwork *network, const char *directory)
{
    MpFarEnds *far_ends = g_new0(MpFarEnds, 1);
    far_ends->network_name = g_strdup(network->name);
    far_ends->directory = g_strdup(directory);
    far_ends->turn_user = g_strdup("lab");
    far_ends->turn_password = new_password();
    far_ends->told_turn_password = network->turn.rejects_password
                                       ? new_password()
                                       : mp_secret_new(mp_secret_peek(far_ends->turn_password));
    far_ends->responder_token = new_password();
    far_ends->media_first = 20000;
    far_ends->media_last = 29999;
    far_ends->limits = g_ptr_array_new_with_free_func(g_free);
    return far_ends;
}

static void set_proxy(MpFarEnds *far_ends, const MpSiteProxy *proxy)
{
    if (proxy->type == MP_PROXY_NONE)
        return;
    gboolean is_http = proxy->type == MP_PROXY_HTTP;
    far_ends->proxy_url = g_strdup_printf("%s://" MP_OFFICE_ADDRESS ":%d",
                                          is_http ? "http" : "socks5",
                                          is_http ? MP_HTTP_PROXY_PORT : MP_SOCKS_PROXY_PORT);
    if (!proxy->asks_login)
        return;
    far_ends->proxy_user = g_strdup("staff");
    far_ends->proxy_password = new_password();
}

MpFarEnds *mp_far_ends_new(const MpNetwork *network, const char *directory)
{
    MpFarEnds *far_ends = far_ends_new(network, directory);
    far_ends->turn_host = g_strdup(MP_TURN_HOST);
    far_ends->turn = mp_address_literal(MP_TURN_ADDRESS, 3478);
    far_ends->turn_tls = mp_address_literal(MP_TURN_ADDRESS, 443);
    far_ends->turn_second = mp_address_literal(MP_TURN_SECOND_ADDRESS, 0);
    if (network->site->ipv6 != MP_SITE_IPV6_NONE)
        far_ends->turn_ipv6 = mp_address_literal(MP_TURN_ADDRESS6, 3478);
    far_ends->relay_first = 1025;
    far_ends->relay_last = G_MAXUINT16;
    far_ends->responder_host = g_strdup(MP_RESPONDER_HOST);
    far_ends->responder = mp_address_literal(MP_RESPONDER_ADDRESS, 443);
    far_ends->stamp_key = new_password();
    far_ends->stamp_key_id = 1;
    far_ends->stamp_first = 1025;
    far_ends->stamp_last = G_MAXUINT16;
    far_ends->serves_web = network->web_is_running;
    set_proxy(far_ends, &network->site->proxy);
    return far_ends;
}

/* Asks the kernel for free TCP ports; all sockets stay open until the last one is named, so that
 * no port comes twice. */
static gboolean find_free_ports(guint16 ports[LOOPBACK_PORTS], GError **error)
{
    gboolean is_done = TRUE;
    int sockets[LOOPBACK_PORTS];
    for (guint i = 0; i < LOOPBACK_PORTS; i++) {
        MpAddress address = mp_address_literal("127.0.0.1", 0);
        struct sockaddr_storage storage;
        socklen_t length = mp_address_to_sockaddr(&address, &storage);
        sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        is_done = is_done && bind(sockets[i], (struct sockaddr *)&storage, length) == 0 &&
                  getsockname(sockets[i], (struct sockaddr *)&storage, &length) == 0 &&
                  mp_address_from_sockaddr(&address, (struct sockaddr *)&storage);
        ports[i] = address.port;
    }
    if (!is_done)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "no free port on 127.0.0.1: %s",
                    g_strerror(errno));
    for (guint i = 0; i < LOOPBACK_PORTS; i++)
        if (sockets[i] >= 0)
            close(sockets[i]);
    return is_done;
}

MpFarEnds *mp_far_ends_new_loopback(const MpNetwork *network, const char *directory, GError **error)
{
    guint16 ports[LOOPBACK_PORTS];
    if (!find_free_ports(ports, error))
        return NULL;

    MpFarEnds *far_ends = far_ends_new(network, directory);
    far_ends->turn_host = g_strdup("127.0.0.1");
    far_ends->turn = mp_address_literal("127.0.0.1", ports[0]);
    far_ends->turn_tls = mp_address_literal("127.0.0.1", ports[1]);
    /* Clear of the responder's media and of the kernel's own choice. */
    far_ends->relay_first = 10000;
    far_ends->relay_last = 19999;
    far_ends->responder_host = g_strdup("127.0.0.1");
    far_ends->responder = mp_address_literal("127.0.0.1", ports[2]);
    g_ptr_array_add(far_ends->limits, g_strdup(LOOPBACK_LIMIT));
    return far_ends;
}

void mp_far_ends_free(MpFarEnds *far_ends)
{
    if (!far_ends)
        return;
    g_free(far_ends->network_name);
    g_free(far_ends->directory);
    g_free(far_ends->turn_host);
    g_free(far_ends->turn_user);
    mp_secret_free(far_ends->turn_password);
    mp_secret_free(far_ends->told_turn_password);
    g_free(far_ends->responder_host);
    mp_secret_free(far_ends->responder_token);
    mp_secret_free(far_ends->stamp_key);
    g_free(far_ends->proxy_url);
    g_free(far_ends->proxy_user);
    mp_secret_free(far_ends->proxy_password);
    g_ptr_array_unref(far_ends->limits);
    g_free(far_ends);
}

gboolean mp_far_ends_is_loopback(const MpFarEnds *far_ends)
{
    return far_ends->turn_second.family == MP_FAMILY_NONE;
}

char *mp_far_ends_path(const MpFarEnds *far_ends, const char *name)
{
    return g_build_filename(far_ends->directory, name, NULL);
}

static void add_text(JsonBuilder *builder, const char *key, const char *text)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_string_value(builder, text);
}

static void add_uri(JsonBuilder *builder, const char *scheme, const char *host, guint16 port,
                    const char *transport)
{
    g_autofree char *uri = g_strdup_printf("%s:%s:%u%s", scheme, host, port, transport);
    json_builder_add_string_value(builder, uri);
}

/* Who reads the description: with secrets, or for everybody's eyes. */
typedef const char *(*ShowSecret)(const MpSecret *secret);

static const char *mask(const MpSecret *secret)
{
    (void)secret;
    return "***";
}

static void add_turn(JsonBuilder *builder, const MpFarEnds *far_ends, ShowSecret show)
{
    const char *host = far_ends->turn_host;
    json_builder_set_member_name(builder, "stun");
    json_builder_begin_array(builder);
    add_uri(builder, "stun", host, far_ends->turn.port, "");
    json_builder_end_array(builder);

    json_builder_set_member_name(builder, "turn");
    json_builder_begin_array(builder);
    add_uri(builder, "turn", host, far_ends->turn.port, "?transport=udp");
    add_uri(builder, "turn", host, far_ends->turn.port, "?transport=tcp");
    add_uri(builder, "turns", host, far_ends->turn_tls.port, "?transport=tcp");
    json_builder_end_array(builder);
    add_text(builder, "turn_user", far_ends->turn_user);
    add_text(builder, "turn_password", show(far_ends->told_turn_password));
}

static void add_number(JsonBuilder *builder, const char *key, gint64 number)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, number);
}

static void add_stamp(JsonBuilder *builder, const MpFarEnds *far_ends, ShowSecret show)
{
    if (!far_ends->stamp_key)
        return;
    json_builder_set_member_name(builder, "stamp");
    json_builder_begin_object(builder);
    add_text(builder, "host", far_ends->responder_host);
    add_text(builder, "key", show(far_ends->stamp_key));
    add_number(builder, "key_id", far_ends->stamp_key_id);
    add_number(builder, "first", far_ends->stamp_first);
    add_number(builder, "last", far_ends->stamp_last);
    json_builder_end_object(builder);
}

static void add_responder(JsonBuilder *builder, const MpFarEnds *far_ends, ShowSecret show)
{
    g_autofree char *url = g_strdup_printf("https://%s:%u/whip", far_ends->responder_host,
                                           far_ends->responder.port);
    json_builder_set_member_name(builder, "responder");
    json_builder_begin_object(builder);
    add_text(builder, "url", url);
    add_text(builder, "token", show(far_ends->responder_token));
    add_stamp(builder, far_ends, show);
    json_builder_end_object(builder);
}

static void add_proxy(JsonBuilder *builder, const MpFarEnds *far_ends, ShowSecret show)
{
    if (!far_ends->proxy_url)
        return;
    json_builder_set_member_name(builder, "proxy");
    json_builder_begin_object(builder);
    add_text(builder, "url", far_ends->proxy_url);
    if (far_ends->proxy_password) {
        add_text(builder, "user", far_ends->proxy_user);
        add_text(builder, "password", show(far_ends->proxy_password));
    }
    json_builder_end_object(builder);
}

static char *to_json(const MpFarEnds *far_ends, ShowSecret show)
{
    g_autofree char *ca_file = mp_far_ends_path(far_ends, "ca.pem");
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_text(builder, "schema", "mediapath-lab/1");
    add_text(builder, "name", far_ends->network_name);
    json_builder_set_member_name(builder, "limits");
    json_builder_begin_array(builder);
    for (guint i = 0; i < far_ends->limits->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(far_ends->limits, i));
    json_builder_end_array(builder);
    add_turn(builder, far_ends, show);
    add_responder(builder, far_ends, show);
    add_proxy(builder, far_ends, show);
    json_builder_set_member_name(builder, "web");
    json_builder_add_boolean_value(builder, far_ends->serves_web);
    add_text(builder, "ca_file", ca_file);
    json_builder_end_object(builder);

    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, TRUE);
}

MpSecret *mp_far_ends_to_json(const MpFarEnds *far_ends)
{
    char *text = to_json(far_ends, mp_secret_peek);
    MpSecret *json = mp_secret_new(text);
    explicit_bzero(text, strlen(text));
    g_free(text);
    return json;
}

char *mp_far_ends_describe(const MpFarEnds *far_ends)
{
    return to_json(far_ends, mask);
}
