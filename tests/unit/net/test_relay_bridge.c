/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TLS bridge towards clients that it must not serve and servers that are none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "net/relay_bridge.h"

typedef struct {
    int listener; /* stands for the server: accepts, and closes without a word */
    MpAddress server;
    MpRelayBridge *bridge;
} Fixture;

static int open_listener(guint16 *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    int listening = listen(fd, 1);
    int named = getsockname(fd, (struct sockaddr *)&address, &size);
    g_assert_true(bound == 0 && listening == 0 && named == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    guint16 port;
    fixture->listener = open_listener(&port);
    g_assert_true(mp_address_parse(&fixture->server, "127.0.0.1", port));
    const MpRelayBridgeConfig config = {
        .server = fixture->server, .server_name = "server.example", .is_tls = TRUE};
    fixture->bridge = mp_relay_bridge_new(&config, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    mp_relay_bridge_free(fixture->bridge);
    close(fixture->listener);
}

static int call_bridge(const Fixture *fixture, const char *request)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(mp_relay_bridge_port(fixture->bridge))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(send(fd, request, strlen(request), MSG_NOSIGNAL), ==, (int)strlen(request));
    return fd;
}

/* Everything that comes until the bridge hangs up. */
static char *read_all(int fd)
{
    GString *text = g_string_new(NULL);
    char part[256];
    gssize got;
    while ((got = read(fd, part, sizeof part)) > 0)
        g_string_append_len(text, part, got);
    close(fd);
    return g_string_free(text, FALSE);
}

static void test_only_its_own_server_is_reached(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const char *const requests[] = {"CONNECT 127.0.0.2:443 HTTP/1.0\r\n\r\n",
                                           "GET / HTTP/1.0\r\n\r\n",
                                           "CONNECT 127.0.0.1:4433 HTTP/1.0\r\n\r\n", "\r\n\r\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_autofree char *reply = read_all(call_bridge(fixture, requests[i]));
        g_assert_cmpstr(reply, ==, "HTTP/1.0 403 Forbidden\r\n\r\n");
    }
    g_assert_cmpuint(mp_relay_bridge_handshakes(fixture->bridge), ==, 0);
}

/* A connection is not a handshake: plain TCP on the TLS port must never count as TLS. */
static void test_a_server_without_tls_is_no_handshake(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *target = mp_address_to_string(&fixture->server);
    g_autofree char *request = g_strdup_printf("CONNECT %s HTTP/1.0\r\n\r\n", target);
    int fd = call_bridge(fixture, request);
    int server = accept(fixture->listener, NULL, NULL);
    static const char plain[] = "plain text and no TLS\r\n";
    g_assert_cmpint(send(server, plain, strlen(plain), MSG_NOSIGNAL), >, 0);
    g_autofree char *reply = read_all(fd);
    close(server);
    g_assert_cmpstr(reply, ==, "HTTP/1.0 502 Bad Gateway\r\n\r\n");
    g_assert_cmpuint(mp_relay_bridge_handshakes(fixture->bridge), ==, 0);
}

/* tear_down() frees the bridge while this client has said nothing: it must not hang. */
static void test_an_idle_client_does_not_keep_it(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    int fd = call_bridge(fixture, "CONN");
    mp_relay_bridge_free(g_steal_pointer(&fixture->bridge));
    g_autofree char *reply = read_all(fd);
    g_assert_cmpstr(reply, ==, "");
}

static void test_a_missing_ca_file_is_named(void)
{
    g_autoptr(GError) error = NULL;
    MpAddress server;
    g_assert_true(mp_address_parse(&server, "127.0.0.1", 443));
    const MpRelayBridgeConfig config = {.server = server,
                                        .server_name = "server.example",
                                        .is_tls = TRUE,
                                        .ca_file = "/nonexistent.pem"};
    g_assert_null(mp_relay_bridge_new(&config, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "/nonexistent.pem: "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/tls-bridge/own-server", Fixture, NULL, set_up, test_only_its_own_server_is_reached,
               tear_down);
    g_test_add("/tls-bridge/no-tls", Fixture, NULL, set_up,
               test_a_server_without_tls_is_no_handshake, tear_down);
    g_test_add("/tls-bridge/idle", Fixture, NULL, set_up, test_an_idle_client_does_not_keep_it,
               tear_down);
    g_test_add_func("/tls-bridge/ca-file", test_a_missing_ca_file_is_named);
    return g_test_run();
}
