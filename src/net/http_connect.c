/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * HTTP CONNECT. The head of the answer is read to its empty line and not a byte further: what
 * follows is the server's. libsoup parses it.
 */
#include "net/http_connect.h"

#include <errno.h>
#include <libsoup/soup.h>
#include <poll.h>
#include <string.h>

#include "net/packet_tap.h"
#include "net/tcp.h"

#define LONGEST_HEAD 16384

typedef SoupMessageHeaders Headers;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Headers, soup_message_headers_unref)

/* RFC 7617 section 2. The caller wipes it. */
static char *basic_login(const MpNetProxyLogin *login)
{
    const char *password = login->password ? mp_secret_peek(login->password) : "";
    char *pair = g_strconcat(login->user, ":", password, NULL);
    char *encoded = g_base64_encode((const guchar *)pair, strlen(pair));
    char *line = g_strconcat("Proxy-Authorization: Basic ", encoded, "\r\n", NULL);
    explicit_bzero(pair, strlen(pair));
    explicit_bzero(encoded, strlen(encoded));
    g_free(pair);
    g_free(encoded);
    return line;
}

static gboolean send_request(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                             guint16 port, const MpNetLimit *limit, MpNetStatus *status)
{
    gboolean is_ipv6 = strchr(host, ':') != NULL;
    g_autofree char *authority = g_strdup_printf("%s%s%s:%u", is_ipv6 ? "[" : "", host,
                                                 is_ipv6 ? "]" : "", port);
    char *proof = login->user ? basic_login(login) : g_strdup("");
    char *request = g_strdup_printf("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", authority,
                                    authority, proof);
    MpBytes bytes = {(const guint8 *)request, strlen(request)};
    mp_packet_tap_withhold(login->user != NULL);
    gboolean is_sent = mp_net_transport_send(tcp, bytes, limit, status);
    mp_packet_tap_withhold(FALSE);
    explicit_bzero(request, bytes.length);
    explicit_bzero(proof, strlen(proof));
    g_free(request);
    g_free(proof);
    return is_sent;
}

/* How many of the bytes that wait belong to the head, given what came before them. */
static gsize head_part(const GString *head, const char *bytes, gsize length)
{
    g_autoptr(GString) all = g_string_new_len(head->str, (gssize)head->len);
    g_string_append_len(all, bytes, (gssize)length);
    const char *end = g_strstr_len(all->str, (gssize)all->len, "\r\n\r\n");
    return end ? (gsize)(end - all->str) + 4 - head->len : length;
}

static gboolean read_more(int fd, GString *head, MpNetStatus *status)
{
    char bytes[2048];
    gssize waiting = recv(fd, bytes, sizeof bytes, MSG_PEEK);
    if (waiting == 0)
        return mp_net_fail(status, MP_NET_RESET, "the proxy closed the connection");
    if (waiting < 0)
        return errno == EAGAIN || errno == EINTR || mp_net_fail_errno(status, errno);
    gssize got = recv(fd, bytes, head_part(head, bytes, (gsize)waiting), 0);
    if (got > 0) {
        g_string_append_len(head, bytes, got);
        mp_packet_tap_received(fd, NULL, (MpBytes){(const guint8 *)bytes, (gsize)got}, 0);
    }
    return TRUE;
}

static gboolean read_head(int fd, GString *head, const MpNetLimit *limit, MpNetStatus *status)
{
    while (!g_str_has_suffix(head->str, "\r\n\r\n")) {
        if (head->len > LONGEST_HEAD)
            return mp_net_fail(status, MP_NET_MALFORMED, "the answer is no HTTP: it has no end");
        if (!mp_net_wait(fd, POLLIN, limit, status) || !read_more(fd, head, status))
            return FALSE;
        if (head->len >= 5 && !g_str_has_prefix(head->str, "HTTP/"))
            return mp_net_fail(status, MP_NET_MALFORMED, "the answer is no HTTP");
    }
    return TRUE;
}

/* "Negotiate, NTLM, Basic": the first word of each challenge, RFC 9110 section 11.6. */
static void add_schemes(const char *name, const char *value, gpointer user_data)
{
    GString *schemes = user_data;
    if (g_ascii_strcasecmp(name, "Proxy-Authenticate") != 0)
        return;
    gsize length = strcspn(value, " ,");
    if (length > 0 && length < 40)
        g_string_append_printf(schemes, "%s%.*s", schemes->len ? ", " : "", (int)length, value);
}

static char *printable(const char *text)
{
    return text ? g_utf8_make_valid(text, (gssize)MIN(strlen(text), 100)) : NULL;
}

static const char *agent_of(SoupMessageHeaders *headers)
{
    static const char *const names[] = {"Proxy-Agent", "Server", "Via"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = soup_message_headers_get_list(headers, names[i]);
        if (value)
            return value;
    }
    return NULL;
}

gboolean mp_net_http_connect_parse(const char *head, gsize length, MpNetProxyReport *report)
{
    g_autoptr(Headers) headers = soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE);
    SoupHTTPVersion version;
    guint code = 0;
    if (length > G_MAXINT ||
        !soup_headers_parse_response(head, (int)length, headers, &version, &code, NULL))
        return FALSE;
    GString *schemes = g_string_new(NULL);
    soup_message_headers_foreach(headers, add_schemes, schemes);
    report->is_answered = TRUE;
    report->code = code;
    report->wants_login = code == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED;
    report->agent = printable(agent_of(headers));
    report->schemes = g_string_free(schemes, schemes->len == 0);
    return TRUE;
}

gboolean mp_net_http_connect(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                             guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                             MpNetStatus *status)
{
    g_autoptr(GString) head = g_string_new(NULL);
    if (!send_request(tcp, login, host, port, limit, status) ||
        !read_head(mp_net_tcp_fd(tcp), head, limit, status))
        return FALSE;
    if (!mp_net_http_connect_parse(head->str, head->len, report))
        return mp_net_fail(status, MP_NET_MALFORMED, "the answer is no HTTP");
    /* RFC 9110 section 9.3.6: any 2xx opens the tunnel. */
    if (report->code >= 200 && report->code < 300)
        return TRUE;
    return mp_net_fail(status, MP_NET_REFUSED, "the proxy answered %u", report->code);
}
