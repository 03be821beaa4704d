/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * echo INTERFACE: sends back every UDP datagram that comes there, whatever its port, for a port
 * scanner to find. The responder answers nobody without a key.
 */
#include <arpa/inet.h>
#include <glib.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 64
#define LARGEST 2048
#define BUFFER (16 * 1024 * 1024)

static void swap(void *a, void *b, gsize length)
{
    guint8 kept[16];
    memcpy(kept, a, length);
    memcpy(a, b, length);
    memcpy(b, kept, length);
}

/* FALSE: nothing to send back. Of two addresses or ports that change places the checksums stay as
 * they are; that of UDP may not have been reckoned yet, and 0 is none. */
static gboolean turn_round(guint8 *frame, gsize length)
{
    struct ether_header *ethernet = (struct ether_header *)frame;
    struct ip *ip = (struct ip *)(frame + sizeof *ethernet);
    struct udphdr *udp = (struct udphdr *)(frame + sizeof *ethernet + sizeof *ip);
    if (length < sizeof *ethernet + sizeof *ip + sizeof *udp || ip->ip_hl != 5 ||
        ip->ip_p != IPPROTO_UDP)
        return FALSE;
    swap(ethernet->ether_shost, ethernet->ether_dhost, ETH_ALEN);
    swap(&ip->ip_src, &ip->ip_dst, sizeof ip->ip_src);
    swap(&udp->source, &udp->dest, sizeof udp->source);
    udp->check = 0;
    return TRUE;
}

static int open_interface(const char *name)
{
    const int size = BUFFER;
    const struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                        .sll_protocol = htons(ETH_P_IP),
                                        .sll_ifindex = (int)if_nametoindex(name)};
    int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static void echo(int fd)
{
    static guint8 frames[BATCH][LARGEST];
    struct sockaddr_ll from[BATCH] = {0};
    struct iovec parts[BATCH];
    struct mmsghdr in[BATCH];
    struct mmsghdr out[BATCH];
    for (;;) {
        unsigned n_out = 0;
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec){frames[i], LARGEST};
            in[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                            .msg_namelen = sizeof from[i],
                                            .msg_iov = &parts[i],
                                            .msg_iovlen = 1};
        }
        int got = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < got; i++) {
            parts[i].iov_len = in[i].msg_len;
            if (from[i].sll_pkttype == PACKET_HOST && turn_round(frames[i], in[i].msg_len))
                out[n_out++].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
        }
        for (unsigned sent = 0; sent < n_out;) {
            int taken = sendmmsg(fd, out + sent, n_out - sent, 0);
            sent += taken > 0 ? (unsigned)taken : 1;
        }
    }
}

int main(int argc, char **argv)
{
    int fd = argc == 2 ? open_interface(argv[1]) : -1;
    if (fd < 0) {
        perror("usage: echo INTERFACE");
        return 2;
    }
    puts("up");
    (void)fflush(stdout);
    echo(fd);
}
