/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells when an IP address comes to this computer or leaves it: rtnetlink(7), RTM_NEWADDR and
 * RTM_DELADDR.
 */
#include "net/address_watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGEST_MESSAGE 8192

struct _MpAddressWatch {
    int fd;
    GSource *source;
    GArray *known; /* MpAddress: a router's advertisement renews an address that is there already */
    MpAddressWatchCallback callback;
    gpointer user_data;
};

/* The interface's own address: IFA_LOCAL, which IPv6 does not have where there is no peer. */
static gboolean read_address(struct nlmsghdr *header, MpAddress *address)
{
    const struct ifaddrmsg *message = NLMSG_DATA(header);
    int left = (int)IFA_PAYLOAD(header);
    const gsize size = message->ifa_family == AF_INET ? 4 : 16;
    *address = (MpAddress){.family = message->ifa_family == AF_INET    ? MP_FAMILY_IPV4
                                     : message->ifa_family == AF_INET6 ? MP_FAMILY_IPV6
                                                                       : MP_FAMILY_NONE};
    gboolean has_address = FALSE;
    for (struct rtattr *at = IFA_RTA(message); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
        if ((at->rta_type != IFA_LOCAL && (at->rta_type != IFA_ADDRESS || has_address)) ||
            RTA_PAYLOAD(at) != size)
            continue;
        memcpy(address->bytes, RTA_DATA(at), size);
        has_address = TRUE;
    }
    return has_address && address->family != MP_FAMILY_NONE;
}

/* An IPv6 address is no use before duplicate address detection (RFC 4862 section 5.4) is over; a
 * second message tells then. */
static gboolean is_ready(struct nlmsghdr *header)
{
    const struct ifaddrmsg *message = NLMSG_DATA(header);
    return !(message->ifa_flags & IFA_F_TENTATIVE);
}

static void learn_known(GArray *known)
{
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) < 0)
        return;
    for (const struct ifaddrs *at = list; at; at = at->ifa_next) {
        MpAddress address;
        if (at->ifa_addr && mp_address_from_sockaddr(&address, at->ifa_addr))
            g_array_append_val(known, address);
    }
    freeifaddrs(list);
}

/* FALSE when it was known already. */
static gboolean remember(GArray *known, const MpAddress *address, gboolean is_new)
{
    for (guint i = 0; i < known->len; i++) {
        if (!mp_address_equal_ip(&g_array_index(known, MpAddress, i), address))
            continue;
        if (!is_new)
            g_array_remove_index_fast(known, i);
        return !is_new;
    }
    if (is_new)
        g_array_append_val(known, *address);
    return is_new;
}

static void read_message(MpAddressWatch *watch, struct nlmsghdr *header)
{
    MpAddress address;
    const gboolean is_new = header->nlmsg_type == RTM_NEWADDR;
    if ((!is_new && header->nlmsg_type != RTM_DELADDR) ||
        header->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifaddrmsg)) ||
        (is_new && !is_ready(header)) || !read_address(header, &address) ||
        !remember(watch->known, &address, is_new))
        return;
    watch->callback(&address, is_new, watch->user_data);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
    (void)condition;
    MpAddressWatch *watch = user_data;
    union {
        struct nlmsghdr align;
        char bytes[LARGEST_MESSAGE];
    } buffer;
    for (;;) {
        gssize got = recv(fd, &buffer, sizeof buffer, MSG_DONTWAIT);
        /* ENOBUFS: messages were dropped; the next ones come all the same. */
        if (got < 0 && errno == ENOBUFS)
            continue;
        if (got <= 0)
            return G_SOURCE_CONTINUE;
        guint left = (guint)got;
        for (struct nlmsghdr *at = &buffer.align; NLMSG_OK(at, left); at = NLMSG_NEXT(at, left))
            read_message(watch, at);
    }
}

MpAddressWatch *mp_address_watch_new(MpAddressWatchCallback callback, gpointer user_data)
{
    const struct sockaddr_nl groups = {.nl_family = AF_NETLINK,
                                       .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0)
        return NULL;
    if (bind(fd, (const struct sockaddr *)&groups, sizeof groups) < 0) {
        close(fd);
        return NULL;
    }
    MpAddressWatch *watch = g_new0(MpAddressWatch, 1);
    watch->fd = fd;
    watch->known = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    learn_known(watch->known);
    watch->callback = callback;
    watch->user_data = user_data;
    watch->source = g_unix_fd_source_new(fd, G_IO_IN);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(watch->source, (GSourceFunc)(void (*)(void))on_readable, watch, NULL);
    g_source_attach(watch->source, g_main_context_get_thread_default());
    return watch;
}

void mp_address_watch_free(MpAddressWatch *watch)
{
    if (!watch)
        return;
    g_source_destroy(watch->source);
    g_source_unref(watch->source);
    close(watch->fd);
    g_array_unref(watch->known);
    g_free(watch);
}
