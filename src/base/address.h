/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An IP address with a port, as a value that is copied; and ranges of addresses.
 */
#pragma once

#include <glib.h>
#include <sys/socket.h>

typedef enum { MP_FAMILY_NONE = 0, MP_FAMILY_IPV4 = 4, MP_FAMILY_IPV6 = 6 } MpFamily;

typedef struct {
    MpFamily family; /* MP_FAMILY_NONE: no address is known */
    guint16 port;
    guint8 bytes[16]; /* network order; IPv4 uses the first four */
} MpAddress;

typedef struct {
    MpAddress base;
    guint prefix_length; /* 0..32 or 0..128 */
} MpCidr;

/* "192.0.2.1" or "2001:db8::1", no brackets. FALSE when it is not an IP literal. */
gboolean mp_address_parse(MpAddress *address, const char *text, guint16 port);

/* An IP literal that the program itself has written. */
MpAddress mp_address_literal(const char *text, guint16 port);

/* "192.0.2.1:3478", "[2001:db8::1]:3478". FALSE when it is not that. */
gboolean mp_address_parse_with_port(MpAddress *address, const char *text);

/* The same two forms back. Free with g_free(). */
char *mp_address_to_string(const MpAddress *address);
char *mp_address_to_ip_string(const MpAddress *address);

gboolean mp_address_equal(const MpAddress *a, const MpAddress *b);
gboolean mp_address_equal_ip(const MpAddress *a, const MpAddress *b);
gboolean mp_address_is_any(const MpAddress *address);
/* Loopback, RFC 1918, RFC 4193, RFC 6598 shared space, link-local: not reachable from outside. */
gboolean mp_address_is_private(const MpAddress *address);

gboolean mp_address_from_sockaddr(MpAddress *address, const struct sockaddr *sockaddr);
socklen_t mp_address_to_sockaddr(const MpAddress *address, struct sockaddr_storage *storage);

/* "168.100.64.0/18". FALSE when it is not that, or when bits after the prefix are set. */
gboolean mp_cidr_parse(MpCidr *cidr, const char *text);
gboolean mp_cidr_contains(const MpCidr *cidr, const MpAddress *address);
