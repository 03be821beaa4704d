/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * HTTP CONNECT and SOCKS 5 against far ends on loopback that open, refuse, ask for a login, lie or
 * stall; nothing that belongs to the server behind is ever read.
 */
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "net/proxy.h"
#include "net/tcp.h"
#include "tests/support/far_end.h"

#define SHORT MP_MSEC(120)
#define LONG MP_SEC(20)

typedef struct {
    MpNetStatus status;
    MpNetProxyReport report;
    gboolean is_open;
    char next[16]; /* what the server behind said first */
} Answer;

static char request[600]; /* the last one that a far end read */

static void read_request(int fd)
{
    gsize have = 0;
    memset(request, 0, sizeof request);
    while (!strstr(request, "\r\n\r\n")) {
        gssize got = recv(fd, request + have, sizeof request - 1 - have, 0);
        if (got <= 0)
            return;
        have += (gsize)got;
    }
}

static void read_exactly(int fd, guint8 *bytes, gsize length)
{
    g_assert_cmpint(recv(fd, bytes, length, MSG_WAITALL), ==, (gssize)length);
}

static Answer ask(Behaviour behave, MpNetProxyType type, const char *user, const char *host,
                  MpTime span)
{
    g_autoptr(FarEnd) proxy = far_end_new(behave);
    g_autoptr(MpSecret) password = mp_secret_new("open sesame");
    MpNetProxyLogin login = {.type = type, .user = user, .password = user ? password : NULL};
    MpNetLimit limit = {.deadline = mp_clock_now() + span};
    Answer answer = {0};
    g_autoptr(MpNetTransport) tcp = mp_net_tcp_open(&proxy->address, &limit, &answer.status);
    g_assert_nonnull(tcp);
    answer.is_open = mp_net_proxy_connect(tcp, &login, host, 443, &limit, &answer.report,
                                          &answer.status);
    if (answer.is_open)
        g_assert_cmpint(recv(mp_net_tcp_fd(tcp), answer.next, 6, 0), >=, 0);
    return answer;
}

static void clear(Answer *answer)
{
    mp_net_proxy_report_clear(&answer->report);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, clear)

/* -- HTTP -------------------------------------------------------------------------------------- */

static void open_http(int fd)
{
    static const char text[] = "HTTP/1.1 200 Connection established\r\nVia: 1.1 gate\r\n\r\nSERVER";
    read_request(fd);
    write_text(fd, text, strlen(text));
    wait_for_close(fd);
}

static void test_connect_asks_for_host_and_port_and_leaves_the_servers_bytes(void)
{
    g_auto(Answer) answer = ask(open_http, MP_NET_PROXY_HTTP, NULL, "turn.example", LONG);
    g_assert_true(answer.is_open);
    g_assert_cmpstr(request, ==,
                    "CONNECT turn.example:443 HTTP/1.1\r\nHost: turn.example:443\r\n\r\n");
    g_assert_cmpstr(answer.next, ==, "SERVER");
    g_assert_cmpuint(answer.report.code, ==, 200);
    g_assert_cmpstr(answer.report.agent, ==, "1.1 gate");
    g_assert_null(answer.report.schemes);
    g_assert_cmpint(answer.report.took, >, 0);
}

static void test_an_ipv6_literal_stands_in_brackets(void)
{
    g_auto(Answer) answer = ask(open_http, MP_NET_PROXY_HTTP, NULL, "2001:db8::1", LONG);
    g_assert_true(answer.is_open);
    g_assert_true(g_str_has_prefix(request, "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"));
}

static void test_a_login_is_sent_as_basic(void)
{
    /* RFC 7617 section 2's example has this pair: Aladdin, open sesame. */
    g_auto(Answer) answer = ask(open_http, MP_NET_PROXY_HTTP, "Aladdin", "turn.example", LONG);
    g_assert_true(answer.is_open);
    g_assert_nonnull(
        strstr(request, "\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

static void demand_login(int fd)
{
    static const char text[] = "HTTP/1.1 407 Proxy Authentication Required\r\nServer: squid/5.7\r\n"
                               "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n"
                               "Proxy-Authenticate: Basic realm=\"a, b\"\r\n\r\n";
    read_request(fd);
    write_text(fd, text, strlen(text));
    wait_for_close(fd);
}

static void test_a_demand_for_a_login_names_its_schemes(void)
{
    g_auto(Answer) answer = ask(demand_login, MP_NET_PROXY_HTTP, NULL, "turn.example", LONG);
    g_assert_false(answer.is_open);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_REFUSED);
    g_assert_cmpuint(answer.report.code, ==, 407);
    g_assert_true(answer.report.wants_login);
    g_assert_cmpstr(answer.report.schemes, ==, "Negotiate, NTLM, Basic");
    g_assert_cmpstr(answer.report.agent, ==, "squid/5.7");
}

static void forbid(int fd)
{
    static const char text[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nsorry";
    read_request(fd);
    write_text(fd, text, strlen(text));
    wait_for_close(fd);
}

static void test_a_refusal_has_its_code(void)
{
    g_auto(Answer) answer = ask(forbid, MP_NET_PROXY_HTTP, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_REFUSED);
    g_assert_cmpuint(answer.report.code, ==, 403);
    g_assert_false(answer.report.wants_login);
}

static void speak_ssh(int fd)
{
    write_text(fd, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    wait_for_close(fd);
}

static void test_what_is_no_http_is_malformed(void)
{
    g_auto(Answer) answer = ask(speak_ssh, MP_NET_PROXY_HTTP, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_MALFORMED);
    g_assert_false(answer.report.is_answered);
}

static void never_end(int fd)
{
    static const char line[] = "X-Filler: 0123456789012345678901234567890123456789\r\n";
    read_request(fd);
    write_text(fd, "HTTP/1.1 200 OK\r\n", 17);
    while (send(fd, line, strlen(line), MSG_NOSIGNAL) > 0)
        ;
}

static void test_a_head_without_end_is_malformed(void)
{
    g_auto(Answer) answer = ask(never_end, MP_NET_PROXY_HTTP, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_MALFORMED);
}

static void hang_up(int fd)
{
    read_request(fd);
}

static void test_a_closed_connection_is_a_reset(void)
{
    g_auto(Answer) answer = ask(hang_up, MP_NET_PROXY_HTTP, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_RESET);
}

static void test_silence_ends_at_the_deadline(void)
{
    g_auto(Answer) http = ask(wait_for_close, MP_NET_PROXY_HTTP, NULL, "turn.example", SHORT);
    g_auto(Answer) socks = ask(wait_for_close, MP_NET_PROXY_SOCKS5, NULL, "turn.example", SHORT);
    g_assert_cmpint(http.status.outcome, ==, MP_NET_SILENT);
    g_assert_cmpint(socks.status.outcome, ==, MP_NET_SILENT);
}

/* -- SOCKS 5 ----------------------------------------------------------------------------------- */

static guint8 asked[32];

static void open_socks(int fd)
{
    guint8 greeting[3];
    read_exactly(fd, greeting, sizeof greeting);
    g_assert_cmpmem(greeting, sizeof greeting, "\5\1\0", 3);
    write_text(fd, "\5\0", 2);
    read_exactly(fd, asked, 4 + 1 + 12 + 2);
    write_text(fd, "\5\0\0\1\0\0\0\0\0\0SERVER", 16);
    wait_for_close(fd);
}

static void test_socks_asks_by_name_and_leaves_the_servers_bytes(void)
{
    g_auto(Answer) answer = ask(open_socks, MP_NET_PROXY_SOCKS5, NULL, "turn.example", LONG);
    g_assert_true(answer.is_open);
    g_assert_cmpmem(asked, 19, "\5\1\0\3\14turn.example\1\273", 19);
    g_assert_cmpstr(answer.next, ==, "SERVER");
}

static void demand_socks_login(int fd)
{
    guint8 greeting[4];
    guint8 login[2 + 7 + 1 + 11];
    read_exactly(fd, greeting, sizeof greeting);
    g_assert_cmpmem(greeting, sizeof greeting, "\5\2\0\2", 4);
    write_text(fd, "\5\2", 2);
    read_exactly(fd, login, sizeof login);
    g_assert_cmpmem(login, sizeof login, "\1\7Aladdin\13open sesame", sizeof login);
    write_text(fd, "\1\1", 2);
    wait_for_close(fd);
}

static void test_a_rejected_socks_login_is_told(void)
{
    g_auto(Answer)
        answer = ask(demand_socks_login, MP_NET_PROXY_SOCKS5, "Aladdin", "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_REFUSED);
    g_assert_true(answer.report.wants_login);
}

static void accept_no_method(int fd)
{
    guint8 greeting[3];
    read_exactly(fd, greeting, sizeof greeting);
    write_text(fd, "\5\377", 2);
    wait_for_close(fd);
}

static void test_a_missing_socks_login_is_told(void)
{
    g_auto(Answer) answer = ask(accept_no_method, MP_NET_PROXY_SOCKS5, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_REFUSED);
    g_assert_true(answer.report.wants_login);
}

static void refuse_by_rule(int fd)
{
    guint8 greeting[3];
    read_exactly(fd, greeting, sizeof greeting);
    write_text(fd, "\5\0", 2);
    read_exactly(fd, asked, 4 + 1 + 12 + 2);
    write_text(fd, "\5\2\0\1\0\0\0\0\0\0", 10);
    wait_for_close(fd);
}

static void test_a_socks_refusal_has_its_code(void)
{
    g_auto(Answer) answer = ask(refuse_by_rule, MP_NET_PROXY_SOCKS5, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_REFUSED);
    g_assert_cmpuint(answer.report.code, ==, 2);
    g_assert_cmpstr(answer.status.detail, ==, "the proxy answered 2: not allowed by its rules");
}

static void answer_http(int fd)
{
    write_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    wait_for_close(fd);
}

static void test_what_is_no_socks_is_malformed(void)
{
    g_auto(Answer) answer = ask(answer_http, MP_NET_PROXY_SOCKS5, NULL, "turn.example", LONG);
    g_assert_cmpint(answer.status.outcome, ==, MP_NET_MALFORMED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/proxy/http/open",
                    test_connect_asks_for_host_and_port_and_leaves_the_servers_bytes);
    g_test_add_func("/net/proxy/http/ipv6", test_an_ipv6_literal_stands_in_brackets);
    g_test_add_func("/net/proxy/http/login", test_a_login_is_sent_as_basic);
    g_test_add_func("/net/proxy/http/schemes", test_a_demand_for_a_login_names_its_schemes);
    g_test_add_func("/net/proxy/http/refusal", test_a_refusal_has_its_code);
    g_test_add_func("/net/proxy/http/malformed", test_what_is_no_http_is_malformed);
    g_test_add_func("/net/proxy/http/endless", test_a_head_without_end_is_malformed);
    g_test_add_func("/net/proxy/http/closed", test_a_closed_connection_is_a_reset);
    g_test_add_func("/net/proxy/silence", test_silence_ends_at_the_deadline);
    g_test_add_func("/net/proxy/socks/open", test_socks_asks_by_name_and_leaves_the_servers_bytes);
    g_test_add_func("/net/proxy/socks/rejected-login", test_a_rejected_socks_login_is_told);
    g_test_add_func("/net/proxy/socks/missing-login", test_a_missing_socks_login_is_told);
    g_test_add_func("/net/proxy/socks/refusal", test_a_socks_refusal_has_its_code);
    g_test_add_func("/net/proxy/socks/malformed", test_what_is_no_socks_is_malformed);
    return g_test_run();
}
