/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bridge to one TURN server. One thread listens, and one carries each connection; both end when
 * the wake descriptor becomes readable.
 */
#include "net/relay_bridge.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/packet_tap.h"
#include "net/tcp.h"
#include "net/tls_trust.h"

#define BUFFER_SIZE 65536
#define LARGEST_REQUEST 4096
/* A handshake that takes longer is over: the agent's own limit is shorter. */
#define HANDSHAKE_MS 8000
#define MOST_CONNECTIONS 16

struct _MpRelayBridge {
    SSL_CTX *context; /* NULL: no TLS */
    MpAddress server;
    char *server_name;
    MpAddress proxy; /* family NONE: none */
    MpNetProxyLogin proxy_login;
    char *proxy_user;
    int listener;
    int wake;
    GCancellable *ending;
    guint16 port;
    GThread *accepting;
    gint handshakes; /* atomic */
};

/* Bytes on their way in one direction. */
typedef struct {
    guint8 data[BUFFER_SIZE];
    gsize start;
    gsize end;
} Flow;

typedef struct {
    MpRelayBridge *bridge;
    int client;
    MpNetTransport *tcp; /* to the server, or to the proxy that leads there; NULL: none yet */
    int remote;          /* its descriptor */
    SSL *ssl;            /* NULL: plain */
    short remote_wants;  /* poll event that the last SSL call asked for */
    Flow up;
    Flow down;
} Connection;

/* FALSE: woken up to end, or nothing happened in time. */
static gboolean wait_for(const MpRelayBridge *bridge, int fd, short events, int timeout_ms)
{
    struct pollfd fds[] = {{fd, events, 0}, {bridge->wake, POLLIN, 0}};
    return poll(fds, G_N_ELEMENTS(fds), timeout_ms) > 0 && fds[1].revents == 0;
}

static gboolean read_request(Connection *connection, char request[LARGEST_REQUEST])
{
    gsize length = 0;
    while (length < LARGEST_REQUEST - 1) {
        if (!wait_for(connection->bridge, connection->client, POLLIN, HANDSHAKE_MS))
            return FALSE;
        /* Byte by byte, so that nothing behind the request is taken. */
        if (read(connection->client, request + length, 1) != 1)
            return FALSE;
        request[++length] = '\0';
        if (g_str_has_suffix(request, "\r\n\r\n"))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_allowed(const MpRelayBridge *bridge, const char *request)
{
    /* libnice puts no brackets around an IPv6 address. */
    g_autofree char *ip = mp_address_to_ip_string(&bridge->server);
    g_autofree char *target = g_strdup_printf("%s:%u", ip, bridge->server.port);
    g_autofree char *expected = g_strdup_printf("CONNECT %s HTTP/1.", target);
    return g_str_has_prefix(request, expected);
}

static gboolean connect_remote(Connection *connection)
{
    const MpRelayBridge *bridge = connection->bridge;
    gboolean is_proxied = bridge->proxy.family != MP_FAMILY_NONE;
    const MpNetLimit limit = {.deadline = mp_clock_now() + MP_MSEC(HANDSHAKE_MS),
                              .cancellable = bridge->ending};
    MpNetStatus status = {0};
    connection->tcp = mp_net_tcp_open(is_proxied ? &bridge->proxy : &bridge->server, &limit,
                                      &status);
    if (!connection->tcp)
        return FALSE;
    connection->remote = mp_net_tcp_fd(connection->tcp);
    g_auto(MpNetProxyReport) report = {0};
    return !is_proxied ||
           mp_net_proxy_connect(connection->tcp, &bridge->proxy_login, bridge->server_name,
                                bridge->server.port, &limit, &report, &status);
}

static gboolean shake_hands(Connection *connection)
{
    if (!connection->bridge->context)
        return TRUE;
    connection->ssl = SSL_new(connection->bridge->context);
    if (!connection->ssl ||
        !mp_tls_trust_demand_name(connection->ssl, connection->bridge->server_name) ||
        SSL_set_fd(connection->ssl, connection->remote) != 1)
        return FALSE;
    mp_packet_tap_watch(connection->ssl);
    for (;;) {
        ERR_clear_error();
        int result = SSL_connect(connection->ssl);
        if (result == 1)
            return TRUE;
        int reason = SSL_get_error(connection->ssl, result);
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
            return FALSE;
        if (!wait_for(connection->bridge, connection->remote,
                      reason == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, HANDSHAKE_MS))
            return FALSE;
    }
}

static void make_room(Flow *flow)
{
    if (flow->start == flow->end)
        flow->start = flow->end = 0;
}

/* The four moves. FALSE: the connection is over. */

static gboolean read_client(Connection *connection)
{
    Flow *up = &connection->up;
    gssize got = recv(connection->client, up->data + up->end, BUFFER_SIZE - up->end, MSG_DONTWAIT);
    if (got > 0)
        up->end += (gsize)got;
    return got > 0 || (got < 0 && errno == EAGAIN);
}

static gboolean write_client(Connection *connection)
{
    Flow *down = &connection->down;
    gssize put = send(connection->client, down->data + down->start, down->end - down->start,
                      MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0)
        down->start += (gsize)put;
    make_room(down);
    return put > 0 || (put < 0 && errno == EAGAIN);
}

/* After a call that moved nothing. */
static gboolean note_wish(Connection *connection, int result)
{
    if (!connection->ssl)
        return result < 0 && errno == EAGAIN;
    int reason = SSL_get_error(connection->ssl, result);
    if (reason == SSL_ERROR_WANT_WRITE)
        connection->remote_wants |= POLLOUT;
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

static int remote_read(Connection *connection, guint8 *bytes, gsize capacity)
{
    if (!connection->ssl) {
        const gssize got = recv(connection->remote, bytes, capacity, 0);
        if (got > 0)
            mp_packet_tap_received(connection->remote, NULL, (MpBytes){bytes, (gsize)got}, 0);
        return (int)got;
    }
    ERR_clear_error();
    return SSL_read(connection->ssl, bytes, (int)capacity);
}

static int remote_write(Connection *connection, const guint8 *bytes, gsize length)
{
    if (!connection->ssl) {
        const gssize sent = send(connection->remote, bytes, length, MSG_NOSIGNAL);
        if (sent > 0)
            mp_packet_tap_sent(connection->remote, NULL, (MpBytes){bytes, (gsize)sent});
        return (int)sent;
    }
    ERR_clear_error();
    return SSL_write(connection->ssl, bytes, (int)length);
}

static gboolean read_remote(Connection *connection)
{
    Flow *down = &connection->down;
    while (down->end < BUFFER_SIZE) {
        int got = remote_read(connection, down->data + down->end, BUFFER_SIZE - down->end);
        if (got <= 0)
            return note_wish(connection, got);
        down->end += (gsize)got;
    }
    return TRUE;
}

static gboolean write_remote(Connection *connection)
{
    Flow *up = &connection->up;
    while (up->start < up->end) {
        int put = remote_write(connection, up->data + up->start, up->end - up->start);
        if (put <= 0) {
            if (!connection->ssl)
                connection->remote_wants |= POLLOUT;
            return note_wish(connection, put);
        }
        up->start += (gsize)put;
    }
    make_room(up);
    return TRUE;
}

static void carry(Connection *connection)
{
    for (;;) {
        Flow *up = &connection->up;
        Flow *down = &connection->down;
        connection->remote_wants = POLLIN;
        if (!read_remote(connection) || (up->end > up->start && !write_remote(connection)))
            return;
        short client_wants = 0;
        if (up->end < BUFFER_SIZE)
            client_wants |= POLLIN;
        if (down->end > down->start)
            client_wants |= POLLOUT;
        struct pollfd fds[] = {{connection->client, client_wants, 0},
                               {connection->remote, connection->remote_wants, 0},
                               {connection->bridge->wake, POLLIN, 0}};
        if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 || fds[2].revents)
            return;
        if ((fds[0].revents & POLLOUT) && !write_client(connection))
            return;
        if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) && !read_client(connection))
            return;
    }
}

static gboolean reply(int client, const char *text)
{
    return send(client, text, strlen(text), MSG_NOSIGNAL) == (gssize)strlen(text);
}

static void serve(Connection *connection)
{
    char request[LARGEST_REQUEST];
    if (!read_request(connection, request))
        return;
    if (!is_allowed(connection->bridge, request)) {
        reply(connection->client, "HTTP/1.0 403 Forbidden\r\n\r\n");
        return;
    }
    if (!connect_remote(connection) || !shake_hands(connection)) {
        reply(connection->client, "HTTP/1.0 502 Bad Gateway\r\n\r\n");
        return;
    }
    g_atomic_int_inc(&connection->bridge->handshakes);
    if (reply(connection->client, "HTTP/1.0 200 OK\r\n\r\n"))
        carry(connection);
    if (connection->ssl)
        SSL_shutdown(connection->ssl);
}

static gpointer run_connection(gpointer data)
{
    Connection *connection = data;
    serve(connection);
    SSL_free(connection->ssl);
    mp_net_transport_free(connection->tcp);
    close(connection->client);
    g_free(connection);
    return NULL;
}

static gpointer run_listener(gpointer data)
{
    MpRelayBridge *bridge = data;
    GThread *threads[MOST_CONNECTIONS];
    guint count = 0;
    while (count < MOST_CONNECTIONS && wait_for(bridge, bridge->listener, POLLIN, -1)) {
        int client = accept4(bridge->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            continue;
        const int on = 1;
        (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Connection *connection = g_new0(Connection, 1);
        connection->bridge = bridge;
        connection->client = client;
        threads[count++] = g_thread_new("relay-bridge", run_connection, connection);
    }
    for (guint i = 0; i < count; i++)
        g_thread_join(threads[i]);
    return NULL;
}

static SSL_CTX *make_context(const char *ca_file, GError **error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    g_assert(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    mp_packet_tap_log_keys(context);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (mp_tls_trust_load(context, ca_file))
        return context;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: no certificates could be read, expected PEM",
                ca_file ? ca_file : "the system's trust store");
    SSL_CTX_free(context);
    return NULL;
}

/* Of the server's family: its clients bind an address of that family before they come to us. */
static int open_listener(MpFamily family, guint16 *port)
{
    MpAddress loopback;
    mp_address_parse(&loopback, family == MP_FAMILY_IPV6 ? "::1" : "127.0.0.1", 0);
    struct sockaddr_storage storage;
    socklen_t size = mp_address_to_sockaddr(&loopback, &storage);
    int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&storage, size) == 0 &&
        listen(fd, MOST_CONNECTIONS) == 0 &&
        getsockname(fd, (struct sockaddr *)&storage, &size) == 0 &&
        mp_address_from_sockaddr(&loopback, (struct sockaddr *)&storage)) {
        *port = loopback.port;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

MpRelayBridge *mp_relay_bridge_new(const MpRelayBridgeConfig *config, GError **error)
{
    SSL_CTX *context = config->is_tls ? make_context(config->ca_file, error) : NULL;
    if (config->is_tls && !context)
        return NULL;
    MpRelayBridge *bridge = g_new0(MpRelayBridge, 1);
    bridge->context = context;
    bridge->server = config->server;
    bridge->server_name = g_strdup(config->server_name);
    bridge->proxy = config->proxy ? *config->proxy : (MpAddress){0};
    bridge->proxy_user = g_strdup(config->proxy_login.user);
    bridge->proxy_login = config->proxy_login;
    bridge->proxy_login.user = bridge->proxy_user;
    bridge->ending = g_cancellable_new();
    bridge->listener = open_listener(config->server.family, &bridge->port);
    bridge->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bridge->listener < 0 || bridge->wake < 0) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                    "the bridge to the relay found no free port on loopback: %s",
                    g_strerror(errno));
        mp_relay_bridge_free(bridge);
        return NULL;
    }
    bridge->accepting = g_thread_new("relay-bridge", run_listener, bridge);
    return bridge;
}

guint16 mp_relay_bridge_port(const MpRelayBridge *bridge)
{
    return bridge->port;
}

guint mp_relay_bridge_handshakes(MpRelayBridge *bridge)
{
    return (guint)g_atomic_int_get(&bridge->handshakes);
}

void mp_relay_bridge_free(MpRelayBridge *bridge)
{
    if (!bridge)
        return;
    g_cancellable_cancel(bridge->ending);
    if (bridge->wake >= 0)
        (void)eventfd_write(bridge->wake, 1);
    if (bridge->accepting)
        g_thread_join(bridge->accepting);
    if (bridge->listener >= 0)
        close(bridge->listener);
    if (bridge->wake >= 0)
        close(bridge->wake);
    SSL_CTX_free(bridge->context);
    g_object_unref(bridge->ending);
    g_free(bridge->server_name);
    g_free(bridge->proxy_user);
    g_free(bridge);
}
