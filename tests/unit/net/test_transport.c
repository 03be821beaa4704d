/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * UDP, TCP and TLS transports against far ends on loopback that answer, lie, stall or hang up: each
 * call ends inside its deadline and says what it saw.
 */
#include <gio/gio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/resolver.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "net/udp.h"
#include "tests/support/far_end.h"
#include "wire/stun_builder.h"

#define SHORT MP_MSEC(120)
#define LONG MP_SEC(20)
/* Of a call that is to read what lies there already, and then wait in vain. */
#define PATIENT MP_SEC(1)
/* A call may come back so much after its deadline on a busy machine. */
#define LATE MP_SEC(2)

static MpNetLimit within(MpTime span)
{
    return (MpNetLimit){.deadline = mp_clock_now() + span};
}

static const MpStunId id = {{3, 1, 4}};

static gsize write_message(guint8 *buffer, gsize capacity)
{
    MpStunBuilder builder = mp_stun_builder_init(buffer, capacity, MP_STUN_SUCCESS,
                                                 MP_STUN_METHOD_BINDING, &id);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "far end");
    return mp_stun_builder_end(&builder);
}

/* -- UDP --------------------------------------------------------------------------------------- */

static void test_udp_carries_messages_both_ways(void)
{
    MpAddress address;
    int far_fd = bound_socket(SOCK_DGRAM, &address);
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    g_autoptr(MpNetTransport) transport = mp_net_udp_open(&address, &status);
    g_assert_true(
        mp_net_transport_send(transport, (MpBytes){(const guint8 *)"ping", 4}, &limit, &status));

    char buffer[16];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    gssize got = recvfrom(far_fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    g_assert_cmpmem(buffer, got, "ping", 4);
    MpAddress sender;
    g_assert_true(mp_address_from_sockaddr(&sender, (struct sockaddr *)&from));
    g_assert_true(mp_address_equal(&sender, &transport->local));

    g_assert_cmpint(sendto(far_fd, "pong", 4, 0, (struct sockaddr *)&from, length), ==, 4);
    MpBytes message;
    g_assert_true(mp_net_transport_receive(transport, &message, &limit, &status));
    g_assert_cmpmem(message.data, message.length, "pong", 4);
    close(far_fd);
}

static void test_udp_closed_port_is_refused_at_once(void)
{
    MpAddress address;
    close(bound_socket(SOCK_DGRAM, &address));
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    MpBytes message;
    MpTime began = mp_clock_now();
    g_autoptr(MpNetTransport) transport = mp_net_udp_open(&address, &status);
    g_assert_true(
        mp_net_transport_send(transport, (MpBytes){(const guint8 *)"ping", 4}, &limit, &status));
    g_assert_false(mp_net_transport_receive(transport, &message, &limit, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_REFUSED);
    g_assert_cmpstr(status.detail, ==, "ICMP port unreachable (type 3 code 3) from 127.0.0.1");
    g_assert_cmpint(mp_clock_now() - began, <, LATE);
}

static void test_udp_silence_ends_at_the_deadline(void)
{
    MpAddress address;
    int far_fd = bound_socket(SOCK_DGRAM, &address);
    MpNetStatus status = {0};
    MpNetLimit limit = within(SHORT);
    MpBytes message;
    g_autoptr(MpNetTransport) transport = mp_net_udp_open(&address, &status);
    g_assert_false(mp_net_transport_receive(transport, &message, &limit, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_SILENT);
    g_assert_cmpint(mp_clock_now(), >=, limit.deadline);
    g_assert_cmpint(mp_clock_now(), <, limit.deadline + LATE);
    close(far_fd);
}

static void test_cancelling_ends_a_wait(void)
{
    MpAddress address;
    int far_fd = bound_socket(SOCK_DGRAM, &address);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    limit.cancellable = cancellable;
    MpBytes message;
    g_autoptr(MpNetTransport) transport = mp_net_udp_open(&address, &status);
    g_cancellable_cancel(cancellable);
    g_assert_false(mp_net_transport_receive(transport, &message, &limit, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_CANCELLED);
    close(far_fd);
}

/* -- TCP --------------------------------------------------------------------------------------- */

static MpNetTransport *connect_to(const FarEnd *far_end)
{
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    MpNetTransport *tcp = mp_net_tcp_open(&far_end->address, &limit, &status);
    g_assert_nonnull(tcp);
    return tcp;
}

/* From then on it does not matter how late the far end's thread is. */
static void await_bytes(MpNetTransport *tcp)
{
    struct pollfd descriptor = {.fd = mp_net_tcp_fd(tcp), .events = POLLIN};
    g_assert_cmpint(poll(&descriptor, 1, (int)mp_time_to_ms(LONG)), ==, 1);
}

/* How waiting for a message ended; frees the transport. */
static MpNetStatus receive_by(MpNetTransport *transport, MpTime span)
{
    MpNetStatus status = {0};
    MpNetLimit limit = within(span);
    MpBytes message;
    g_assert_false(mp_net_transport_receive(transport, &message, &limit, &status));
    g_assert_cmpint(mp_clock_now(), <, limit.deadline + LATE);
    mp_net_transport_free(transport);
    return status;
}

static MpNetStatus receive_from(Behaviour behave, MpTime span)
{
    g_autoptr(FarEnd) far_end = far_end_new(behave);
    return receive_by(connect_to(far_end), span);
}

static void send_two_messages_in_pieces(int fd)
{
    guint8 buffer[256];
    gsize length = write_message(buffer, sizeof buffer);
    memcpy(buffer + length, buffer, length);
    write_text(fd, (const char *)buffer, length + 7);
    write_text(fd, (const char *)buffer + length + 7, length - 7);
    wait_for_close(fd);
}

static void test_tcp_messages_are_told_apart(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(send_two_messages_in_pieces);
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    MpNetTransport *transport = mp_net_tcp_open(&far_end->address, &limit, &status);
    for (guint i = 0; i < 2; i++) {
        MpBytes message;
        MpStunMessage parsed;
        g_assert_true(mp_net_transport_receive(transport, &message, &limit, &status));
        g_assert_true(mp_stun_parse(&parsed, message.data, message.length));
        g_assert_cmpmem(parsed.id.bytes, sizeof parsed.id, id.bytes, sizeof id);
    }
    mp_net_transport_free(transport);
}

static void test_tcp_closed_port_is_refused(void)
{
    MpAddress address;
    close(bound_socket(SOCK_STREAM, &address));
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    g_assert_null(mp_net_tcp_open(&address, &limit, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_REFUSED);
}

static void hang_up(int fd)
{
    (void)fd;
}

static void test_tcp_closed_connection_is_reset(void)
{
    g_assert_cmpint(receive_from(hang_up, LONG).outcome, ==, MP_NET_RESET);
}

static void abort_connection(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
}

static void test_tcp_rst_is_reset(void)
{
    MpNetStatus status = receive_from(abort_connection, LONG);
    g_assert_cmpint(status.outcome, ==, MP_NET_RESET);
    g_assert_cmpstr(status.detail, ==, "Connection reset by peer");
}

static void send_http(int fd)
{
    write_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    wait_for_close(fd);
}

static void test_tcp_other_protocol_is_malformed_at_once(void)
{
    MpTime began = mp_clock_now();
    MpNetStatus status = receive_from(send_http, LONG);
    g_assert_cmpint(status.outcome, ==, MP_NET_MALFORMED);
    g_assert_nonnull(strstr(status.detail, "HTTP/1.1 400"));
    g_assert_cmpint(mp_clock_now() - began, <, LATE);
}

static void send_part_of_a_message(int fd)
{
    guint8 buffer[256];
    write_text(fd, (const char *)buffer, write_message(buffer, sizeof buffer) - 1);
    wait_for_close(fd);
}

static void test_tcp_unfinished_message_is_silence_that_tells_its_bytes(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(send_part_of_a_message);
    MpNetTransport *transport = connect_to(far_end);
    await_bytes(transport);
    MpNetStatus status = receive_by(transport, PATIENT);
    g_assert_cmpint(status.outcome, ==, MP_NET_SILENT);
    g_assert_nonnull(strstr(status.detail, "not complete at the deadline"));
}

static void test_tcp_silence_is_silent(void)
{
    g_assert_cmpint(receive_from(wait_for_close, SHORT).outcome, ==, MP_NET_SILENT);
}

/* -- TLS --------------------------------------------------------------------------------------- */

/* How a handshake ended; it takes the transport. */
static MpNetStatus shake_hands_by(MpNetTransport *tcp, MpTime span)
{
    g_auto(MpTlsReport) report = {0};
    MpNetStatus status = {0};
    MpNetLimit limit = within(span);
    g_assert_null(mp_net_tls_open(tcp, "127.0.0.1", NULL, &limit, &report, &status));
    g_assert_cmpint(mp_clock_now(), <, limit.deadline + LATE);
    g_assert_null(report.version);
    return status;
}

static MpNetStatus shake_hands_with(Behaviour behave, MpTime span)
{
    g_autoptr(FarEnd) far_end = far_end_new(behave);
    return shake_hands_by(connect_to(far_end), span);
}

static void test_tls_to_a_plain_server_is_malformed(void)
{
    g_assert_cmpint(shake_hands_with(send_http, LONG).outcome, ==, MP_NET_MALFORMED);
}

static void test_tls_to_a_silent_server_is_silent(void)
{
    g_assert_cmpint(shake_hands_with(wait_for_close, SHORT).outcome, ==, MP_NET_SILENT);
}

/* The start of a ServerHello and then nothing. */
static void send_part_of_a_handshake(int fd)
{
    write_text(fd, "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", 11);
    wait_for_close(fd);
}

static void test_tls_handshake_that_stalls_is_silence_that_tells_its_bytes(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(send_part_of_a_handshake);
    MpNetTransport *tcp = connect_to(far_end);
    await_bytes(tcp);
    MpNetStatus status = shake_hands_by(tcp, SHORT);
    g_assert_cmpint(status.outcome, ==, MP_NET_SILENT);
    g_assert_nonnull(strstr(status.detail, "after 11 bytes"));
}

/* Well-formed records of a handshake message that never ends. */
static void send_without_end(int fd)
{
    char record[5 + 1024] = "\x16\x03\x03\x04\x00\x02\xff\xff\xff";
    while (send(fd, record, sizeof record, MSG_NOSIGNAL) > 0)
        ;
}

static void test_endless_bytes_end_inside_the_deadline(void)
{
    g_assert_cmpint(shake_hands_with(send_without_end, LONG).outcome, ==, MP_NET_MALFORMED);
    g_assert_cmpint(receive_from(send_without_end, LONG).outcome, ==, MP_NET_MALFORMED);
}

static void send_alert(int fd)
{
    char hello[4096];
    g_assert_cmpint(recv(fd, hello, sizeof hello, 0), >, 0);
    write_text(fd, "\x15\x03\x03\x00\x02\x02\x28", 7); /* fatal, handshake_failure */
    wait_for_close(fd);
}

static void test_tls_alert_is_a_refusal(void)
{
    MpNetStatus status = shake_hands_with(send_alert, LONG);
    g_assert_cmpint(status.outcome, ==, MP_NET_REFUSED);
    g_assert_nonnull(strstr(status.detail, "handshake failure"));
}

static void test_tls_connection_that_is_hung_up_is_reset(void)
{
    g_assert_cmpint(shake_hands_with(hang_up, LONG).outcome, ==, MP_NET_RESET);
}

static void test_missing_anchors_are_our_own_failure(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(wait_for_close);
    g_auto(MpTlsReport) report = {0};
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    MpNetTransport *tcp = mp_net_tcp_open(&far_end->address, &limit, &status);
    g_assert_null(mp_net_tls_open(tcp, "127.0.0.1", "/nonexistent.pem", &limit, &report, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_UNAVAILABLE);
    g_assert_nonnull(strstr(status.detail, "/nonexistent.pem"));
}

/* -- names ------------------------------------------------------------------------------------- */

static void test_literals_are_resolved_without_a_resolver(void)
{
    static const char *const literals[] = {"192.0.2.7", "2001:db8::7"};
    for (gsize i = 0; i < G_N_ELEMENTS(literals); i++) {
        MpNetStatus status = {0};
        MpNetLimit limit = {.deadline = 0}; /* long past: no wait may happen */
        g_autoptr(GArray) addresses = mp_net_resolve(literals[i], 3478, &limit, &status);
        g_assert_nonnull(addresses);
        g_assert_cmpuint(addresses->len, ==, 1);
        g_autofree char *ip = mp_address_to_ip_string(&g_array_index(addresses, MpAddress, 0));
        g_assert_cmpstr(ip, ==, literals[i]);
        g_assert_cmpuint(g_array_index(addresses, MpAddress, 0).port, ==, 3478);
    }
}

static void test_localhost_is_resolved(void)
{
    MpNetStatus status = {0};
    MpNetLimit limit = within(LONG);
    g_autoptr(GArray) addresses = mp_net_resolve("localhost", 1, &limit, &status);
    g_assert_nonnull(addresses);
    g_assert_true(mp_address_is_private(&g_array_index(addresses, MpAddress, 0)));
}

static void test_resolving_ends_at_the_deadline(void)
{
    MpNetStatus status = {0};
    MpNetLimit limit = {.deadline = 0};
    g_assert_null(mp_net_resolve("localhost", 1, &limit, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_SILENT);
}

#define TEST(name)                                                                                 \
    {                                                                                              \
        "/transport/" #name, test_##name                                                           \
    }

static const struct {
    const char *path;
    GTestFunc function;
} all[] = {
    TEST(udp_carries_messages_both_ways),
    TEST(udp_closed_port_is_refused_at_once),
    TEST(udp_silence_ends_at_the_deadline),
    TEST(cancelling_ends_a_wait),
    TEST(tcp_messages_are_told_apart),
    TEST(tcp_closed_port_is_refused),
    TEST(tcp_closed_connection_is_reset),
    TEST(tcp_rst_is_reset),
    TEST(tcp_other_protocol_is_malformed_at_once),
    TEST(tcp_unfinished_message_is_silence_that_tells_its_bytes),
    TEST(tcp_silence_is_silent),
    TEST(tls_to_a_plain_server_is_malformed),
    TEST(tls_to_a_silent_server_is_silent),
    TEST(tls_handshake_that_stalls_is_silence_that_tells_its_bytes),
    TEST(endless_bytes_end_inside_the_deadline),
    TEST(tls_alert_is_a_refusal),
    TEST(tls_connection_that_is_hung_up_is_reset),
    TEST(missing_anchors_are_our_own_failure),
    TEST(literals_are_resolved_without_a_resolver),
    TEST(localhost_is_resolved),
    TEST(resolving_ends_at_the_deadline),
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        g_test_add_func(all[i].path, all[i].function);
    return g_test_run();
}
