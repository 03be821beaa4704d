/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's own answer: connect(2) on a UDP socket looks the route up and sends nothing.
 */
#include "net/route.h"

#include <unistd.h>

/* Documentation addresses, RFC 5737 and RFC 3849: reached by a default route only. */
#define SOMEWHERE_IPV4 "192.0.2.1"
#define SOMEWHERE_IPV6 "2001:db8::1"
#define ANY_PORT 9

gboolean mp_net_has_route(MpFamily family)
{
    MpAddress somewhere;
    struct sockaddr_storage storage;
    gboolean is_ipv6 = family == MP_FAMILY_IPV6;
    mp_address_parse(&somewhere, is_ipv6 ? SOMEWHERE_IPV6 : SOMEWHERE_IPV4, ANY_PORT);
    socklen_t length = mp_address_to_sockaddr(&somewhere, &storage);
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return FALSE;
    gboolean has_route = connect(fd, (const struct sockaddr *)&storage, length) == 0;
    close(fd);
    return has_route;
}
