/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * stun:, stuns:, turn: and turns: URIs.
 */
#include "model/server_uri.h"

#include <string.h>

#include "base/address.h"
#include "base/error.h"

/* RFC 7064 section 3.2 and RFC 7065 section 3.2. */
static const struct {
    const char *name;
    gboolean is_turn;
    gboolean is_secure;
    guint16 port;
} schemes[] = {
    {"stun", FALSE, FALSE, 3478},
    {"stuns", FALSE, TRUE, 5349},
    {"turn", TRUE, FALSE, 3478},
    {"turns", TRUE, TRUE, 5349},
};

#define EXAMPLE "turn:HOST[:PORT][?transport=udp|tcp]"

/* Longest name in the DNS, RFC 1035 section 2.3.4. */
#define MAX_NAME 253

const char *mp_transport_name(MpTransport transport)
{
    static const char *const names[] = {[MP_TRANSPORT_UDP] = "udp",
                                        [MP_TRANSPORT_TCP] = "tcp",
                                        [MP_TRANSPORT_TLS] = "tls",
                                        [MP_TRANSPORT_DTLS] = "dtls"};
    g_assert(transport < G_N_ELEMENTS(names));
    return names[transport];
}

gboolean mp_transport_is_datagram(MpTransport transport)
{
    return transport == MP_TRANSPORT_UDP || transport == MP_TRANSPORT_DTLS;
}

gboolean mp_transport_is_secure(MpTransport transport)
{
    return transport == MP_TRANSPORT_TLS || transport == MP_TRANSPORT_DTLS;
}

static gboolean complain(GError **error, const char *text, const char *problem)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "\"%s\": %s", text, problem);
    return FALSE;
}

static int find_scheme(const char *text)
{
    const char *colon = strchr(text, ':');
    for (gsize i = 0; colon && i < G_N_ELEMENTS(schemes); i++) {
        gsize length = strlen(schemes[i].name);
        if ((gsize)(colon - text) == length && !g_ascii_strncasecmp(text, schemes[i].name, length))
            return (int)i;
    }
    return -1;
}

static gboolean is_name(const char *host)
{
    gsize length = strlen(host);
    if (length == 0 || length > MAX_NAME || host[0] == '.' || host[0] == '-')
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(host[i]) && !strchr("-._", host[i]))
            return FALSE;
    return !strstr(host, "..");
}

/* Only digits and dots: meant as an IPv4 address, so it must be one. */
static gboolean looks_like_ipv4(const char *host)
{
    return host[strspn(host, "0123456789.")] == '\0';
}

static gboolean check_host(const char *host, gboolean is_bracketed, const char *text,
                           GError **error)
{
    MpAddress literal;
    gboolean is_literal = mp_address_parse(&literal, host, 0);
    if (is_bracketed && !(is_literal && literal.family == MP_FAMILY_IPV6))
        return complain(error, text, "expected an IPv6 address between [ and ]");
    if (!is_bracketed && is_literal && literal.family == MP_FAMILY_IPV6)
        return complain(error, text, "an IPv6 address was found, expected it in [ and ]");
    if (host[0] == '\0')
        return complain(error, text, "the host is empty, expected a name or an IP address");
    if (!is_literal && looks_like_ipv4(host))
        return complain(error, text, "expected an IPv4 address of four numbers from 0 to 255");
    if (!is_literal && !is_name(host))
        return complain(error, text, "the host is neither a name nor an IP address");
    return TRUE;
}

static gboolean parse_port(MpServerUri *uri, const char *port, const char *text, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(port, 10, 1, G_MAXUINT16, &number, NULL)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "\"%s\": port \"%s\" is not in 1-65535", text,
                    port);
        return FALSE;
    }
    uri->port = (guint16)number;
    return TRUE;
}

static gboolean parse_host_and_port(MpServerUri *uri, const char *part, const char *text,
                                    GError **error)
{
    gboolean is_bracketed = part[0] == '[';
    const char *end = is_bracketed ? strchr(part, ']') : part;
    if (!end)
        return complain(error, text, "a [ was found, expected an IPv6 address and a ]");

    MpAddress whole;
    if (!is_bracketed && mp_address_parse(&whole, part, 0) && whole.family == MP_FAMILY_IPV6)
        return complain(error, text, "an IPv6 address was found, expected it in [ and ]");
    const char *colon = strchr(end, ':');
    if (is_bracketed && end[1] != '\0' && end + 1 != colon)
        return complain(error, text, "expected :PORT or nothing behind the ]");
    const char *host_end = is_bracketed ? end : colon ? colon : part + strlen(part);
    const char *host = part + (is_bracketed ? 1 : 0);
    uri->host = g_strndup(host, (gsize)(host_end - host));
    if (!check_host(uri->host, is_bracketed, text, error))
        return FALSE;
    uri->lacks_port = !colon;
    return !colon || parse_port(uri, colon + 1, text, error);
}

static gboolean parse_query(MpServerUri *uri, const char *query, const char *text, GError **error)
{
    if (!uri->is_turn)
        return complain(error, text,
                        "a ? was found, but stun: and stuns: have no parameters (RFC 7064)");
    const char *value = query + strlen("transport=");
    if (!g_str_has_prefix(query, "transport=") ||
        (g_ascii_strcasecmp(value, "udp") != 0 && g_ascii_strcasecmp(value, "tcp") != 0)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "\"%s\": \"?%s\" was found, expected ?transport=udp or ?transport=tcp", text,
                    query);
        return FALSE;
    }

    gboolean is_udp = g_ascii_strcasecmp(value, "udp") == 0;
    gboolean is_secure = mp_transport_is_secure(uri->transport);
    uri->transport = is_secure && is_udp ? MP_TRANSPORT_DTLS
                     : is_secure         ? MP_TRANSPORT_TLS
                     : is_udp            ? MP_TRANSPORT_UDP
                                         : MP_TRANSPORT_TCP;
    return TRUE;
}

/* Sets what the scheme says; `rest` is lent what stands behind the colon. */
static gboolean parse_scheme(MpServerUri *uri, const char *text, const char **rest, GError **error)
{
    int scheme = find_scheme(text);
    if (scheme < 0)
        return complain(error, text,
                        "expected stun:, stuns:, turn: or turns: at the start, such as " EXAMPLE);
    *rest = strchr(text, ':') + 1;
    if (g_str_has_prefix(*rest, "//"))
        return complain(error, text, "\"//\" was found, expected the host right behind the colon");

    uri->is_turn = schemes[scheme].is_turn;
    uri->transport = schemes[scheme].is_secure ? MP_TRANSPORT_TLS : MP_TRANSPORT_UDP;
    uri->port = schemes[scheme].port;
    return TRUE;
}

static gboolean parse_parts(MpServerUri *uri, const char *text, GError **error)
{
    const char *rest;
    if (!parse_scheme(uri, text, &rest, error))
        return FALSE;
    const char *query = strchr(rest, '?');
    g_autofree char *host_and_port = query ? g_strndup(rest, (gsize)(query - rest))
                                           : g_strdup(rest);
    return parse_host_and_port(uri, host_and_port, text, error) &&
           (!query || parse_query(uri, query + 1, text, error));
}

/* Text that must not be quoted in a message: it cannot be shown, or it may hold a password. */
static gboolean refuse_unquoted(const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        g_set_error_literal(error, MP_ERROR, MP_ERROR_INPUT,
                            "a server URI is not valid UTF-8, expected " EXAMPLE);
    else if (strchr(text, '@'))
        g_set_error_literal(error, MP_ERROR, MP_ERROR_INPUT,
                            "a server URI holds an @, but user and password are not part of it "
                            "(RFC 7065); expected " EXAMPLE);
    else
        return FALSE;
    return TRUE;
}

MpServerUri *mp_server_uri_parse(const char *text, GError **error)
{
    g_return_val_if_fail(text, NULL);
    MpServerUri uri = {0};
    if (!refuse_unquoted(text, error) && parse_parts(&uri, text, error))
        return g_memdup2(&uri, sizeof uri);
    g_free(uri.host);
    return NULL;
}

MpServerUri *mp_server_uri_copy(const MpServerUri *uri)
{
    MpServerUri *copy = g_memdup2(uri, sizeof *uri);
    copy->host = g_strdup(uri->host);
    return copy;
}

char *mp_server_uri_to_string(const MpServerUri *uri)
{
    static const char *const queries[] = {[MP_TRANSPORT_UDP] = "?transport=udp",
                                          [MP_TRANSPORT_TCP] = "?transport=tcp",
                                          [MP_TRANSPORT_TLS] = "?transport=tcp",
                                          [MP_TRANSPORT_DTLS] = "?transport=udp"};
    gboolean is_ipv6 = strchr(uri->host, ':') != NULL;
    return g_strdup_printf("%s%s:%s%s%s:%u%s", uri->is_turn ? "turn" : "stun",
                           mp_transport_is_secure(uri->transport) ? "s" : "", is_ipv6 ? "[" : "",
                           uri->host, is_ipv6 ? "]" : "", uri->port,
                           uri->is_turn ? queries[uri->transport] : "");
}

void mp_server_uri_free(MpServerUri *uri)
{
    if (!uri)
        return;
    g_free(uri->host);
    g_free(uri);
}
