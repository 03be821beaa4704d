/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Types and codes of ICMP and ICMPv6 as outcomes.
 */
#include "net/icmp.h"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/address.h"

#define ANY_CODE (-1)

/* IANA, ICMP Type Numbers and ICMPv6 Parameters. The first row that fits counts. */
static const struct {
    int origin;
    int type;
    int code;
    MpNetOutcome outcome;
    const char *name;
} errors[] = {
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, MP_NET_REFUSED, "port unreachable"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_NET_ANO, MP_NET_PROHIBITED,
     "network administratively prohibited"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_HOST_ANO, MP_NET_PROHIBITED,
     "host administratively prohibited"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, MP_NET_PROHIBITED,
     "administratively prohibited"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, MP_NET_DONE, "fragmentation needed"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, MP_NET_UNREACHABLE,
     "network unreachable"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, MP_NET_UNREACHABLE,
     "host unreachable"},
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ANY_CODE, MP_NET_UNREACHABLE, "unreachable"},
    {SO_EE_ORIGIN_ICMP, ICMP_TIME_EXCEEDED, ANY_CODE, MP_NET_UNREACHABLE, "time exceeded"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, MP_NET_REFUSED,
     "port unreachable"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, MP_NET_PROHIBITED,
     "administratively prohibited"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, 5, MP_NET_PROHIBITED, "source address failed policy"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, 6, MP_NET_PROHIBITED, "reject route"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, MP_NET_UNREACHABLE,
     "no route"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, ANY_CODE, MP_NET_UNREACHABLE, "unreachable"},
    {SO_EE_ORIGIN_ICMP6, ICMP6_TIME_EXCEEDED, ANY_CODE, MP_NET_UNREACHABLE, "time exceeded"},
};

MpNetIcmp mp_net_icmp_classify(const struct sock_extended_err *error, MpNetStatus *status)
{
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        if (errors[i].origin != error->ee_origin || errors[i].type != error->ee_type ||
            (errors[i].code != ANY_CODE && errors[i].code != error->ee_code))
            continue;
        if (errors[i].outcome == MP_NET_DONE)
            return MP_NET_ICMP_IGNORED;

        MpAddress offender;
        if (!mp_address_from_sockaddr(&offender, SO_EE_OFFENDER(error)))
            offender = (MpAddress){.family = MP_FAMILY_NONE};
        g_autofree char *from = offender.family != MP_FAMILY_NONE
                                    ? mp_address_to_ip_string(&offender)
                                    : g_strdup("an unknown host");
        mp_net_fail(status, errors[i].outcome, "ICMP %s (type %u code %u) from %s", errors[i].name,
                    error->ee_type, error->ee_code, from);
        status->is_icmp = TRUE;
        status->icmp_type = error->ee_type;
        status->icmp_code = error->ee_code;
        status->icmp_from = offender;
        return MP_NET_ICMP_FATAL;
    }
    return MP_NET_ICMP_IGNORED;
}

MpNetIcmp mp_net_icmp_read_about(int fd, MpNetStatus *status, MpAddress *destination)
{
    /* Room for the error and the address of who sent it. */
    union {
        char bytes[512];
        struct cmsghdr aligned;
    } control;
    char returned[64]; /* the start of our own packet, not needed */
    struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
    struct iovec vector = {.iov_base = returned, .iov_len = sizeof returned};
    struct msghdr message = {.msg_name = &name,
                             .msg_namelen = sizeof name,
                             .msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return MP_NET_ICMP_NONE;
    if (!mp_address_from_sockaddr(destination, (struct sockaddr *)&name))
        *destination = (MpAddress){.family = MP_FAMILY_NONE};

    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part))
        if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
            (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR))
            return mp_net_icmp_classify((const struct sock_extended_err *)CMSG_DATA(part), status);
    return MP_NET_ICMP_IGNORED;
}

MpNetIcmp mp_net_icmp_read(int fd, MpNetStatus *status)
{
    MpAddress destination;
    return mp_net_icmp_read_about(fd, status, &destination);
}
