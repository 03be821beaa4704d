/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An IP address with a port, as a value.
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/bits.h"

static gsize ip_length(const MpAddress *address)
{
    return address->family == MP_FAMILY_IPV4 ? 4 : address->family == MP_FAMILY_IPV6 ? 16 : 0;
}

gboolean mp_address_parse(MpAddress *address, const char *text, guint16 port)
{
    MpAddress parsed = {.port = port};
    if (inet_pton(AF_INET, text, parsed.bytes) == 1)
        parsed.family = MP_FAMILY_IPV4;
    else if (inet_pton(AF_INET6, text, parsed.bytes) == 1)
        parsed.family = MP_FAMILY_IPV6;
    else
        return FALSE;
    *address = parsed;
    return TRUE;
}

MpAddress mp_address_literal(const char *text, guint16 port)
{
    MpAddress address;
    gboolean is_literal = mp_address_parse(&address, text, port);
    g_assert(is_literal);
    return address;
}

gboolean mp_address_parse_with_port(MpAddress *address, const char *text)
{
    const char *colon = strrchr(text, ':');
    guint64 port;
    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
        return FALSE;

    g_autofree char *ip = g_strndup(text, (gsize)(colon - text));
    gsize length = strlen(ip);
    if (ip[0] != '[')
        return !strchr(ip, ':') && mp_address_parse(address, ip, (guint16)port);
    if (length < 2 || ip[length - 1] != ']')
        return FALSE;
    ip[length - 1] = '\0';
    return strchr(ip, ':') && mp_address_parse(address, ip + 1, (guint16)port);
}

char *mp_address_to_ip_string(const MpAddress *address)
{
    char text[INET6_ADDRSTRLEN];
    if (address->family == MP_FAMILY_NONE)
        return g_strdup("none");
    int family = address->family == MP_FAMILY_IPV4 ? AF_INET : AF_INET6;
    g_assert(inet_ntop(family, address->bytes, text, sizeof text));
    return g_strdup(text);
}

char *mp_address_to_string(const MpAddress *address)
{
    g_autofree char *ip = mp_address_to_ip_string(address);
    return address->family == MP_FAMILY_IPV6 ? g_strdup_printf("[%s]:%u", ip, address->port)
                                             : g_strdup_printf("%s:%u", ip, address->port);
}

gboolean mp_address_equal_ip(const MpAddress *a, const MpAddress *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, ip_length(a)) == 0;
}

gboolean mp_address_equal(const MpAddress *a, const MpAddress *b)
{
    return a->port == b->port && mp_address_equal_ip(a, b);
}

gboolean mp_address_is_any(const MpAddress *address)
{
    static const guint8 zeros[16];
    return memcmp(address->bytes, zeros, ip_length(address)) == 0;
}

gboolean mp_address_is_private(const MpAddress *address)
{
    static const char *const ranges[] = {
        "127.0.0.0/8",    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
        "169.254.0.0/16", "::1/128",    "fc00::/7",      "fe80::/10",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
        MpCidr cidr;
        gboolean is_range = mp_cidr_parse(&cidr, ranges[i]);
        g_assert(is_range);
        if (mp_cidr_contains(&cidr, address))
            return TRUE;
    }
    return FALSE;
}

gboolean mp_address_from_sockaddr(MpAddress *address, const struct sockaddr *sockaddr)
{
    *address = (MpAddress){0};
    if (sockaddr->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)sockaddr;
        address->family = MP_FAMILY_IPV4;
        address->port = ntohs(in->sin_port);
        memcpy(address->bytes, &in->sin_addr, 4);
        return TRUE;
    }
    if (sockaddr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)sockaddr;
        address->family = MP_FAMILY_IPV6;
        address->port = ntohs(in6->sin6_port);
        memcpy(address->bytes, &in6->sin6_addr, 16);
        return TRUE;
    }
    return FALSE;
}

socklen_t mp_address_to_sockaddr(const MpAddress *address, struct sockaddr_storage *storage)
{
    memset(storage, 0, sizeof *storage);
    if (address->family == MP_FAMILY_IPV4) {
        struct sockaddr_in *in = (void *)storage;
        in->sin_family = AF_INET;
        in->sin_port = htons(address->port);
        memcpy(&in->sin_addr, address->bytes, 4);
        return sizeof *in;
    }
    g_assert(address->family == MP_FAMILY_IPV6);
    struct sockaddr_in6 *in6 = (void *)storage;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(address->port);
    memcpy(&in6->sin6_addr, address->bytes, 16);
    return sizeof *in6;
}

gboolean mp_cidr_parse(MpCidr *cidr, const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash)
        return FALSE;
    MpCidr parsed;
    g_autofree char *ip = g_strndup(text, (gsize)(slash - text));
    if (!mp_address_parse(&parsed.base, ip, 0))
        return FALSE;

    guint bits = (guint)ip_length(&parsed.base) * 8;
    guint64 prefix;
    if (!g_ascii_string_to_unsigned(slash + 1, 10, 0, bits, &prefix, NULL))
        return FALSE;
    parsed.prefix_length = (guint)prefix;
    for (guint bit = parsed.prefix_length; bit < bits; bit++)
        if (mp_bit_is_set(parsed.base.bytes, bit))
            return FALSE;
    *cidr = parsed;
    return TRUE;
}

gboolean mp_cidr_contains(const MpCidr *cidr, const MpAddress *address)
{
    if (cidr->base.family != address->family)
        return FALSE;
    for (guint bit = 0; bit < cidr->prefix_length; bit++)
        if (mp_bit_is_set(cidr->base.bytes, bit) != mp_bit_is_set(address->bytes, bit))
            return FALSE;
    return TRUE;
}
