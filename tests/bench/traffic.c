/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbered UDP packets and the kernel's times of their sending and arrival, in binary files of
 * {guint64 number, gint64 nanoseconds}.
 *
 *   traffic send ADDRESS:PORT PACKETS_PER_SECOND IP_BYTES SECONDS [FILE]
 *   traffic flood ADDRESS:PORT IP_BYTES SECONDS PACKETS_PER_SECOND     without stamps; 0: all it
 * can traffic receive ADDRESS:PORT SECONDS_OF_SILENCE [FILE]
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/punctual.h"
#include "net/stamped_queue.h"
#include "net/stamped_udp.h"

#define HEADERS 28 /* IPv4 and UDP */
#define FLOOD_BATCH 64
#define FIRST_WAIT_MS 20000

typedef struct {
    guint64 number;
    gint64 stamp;
} Stamp;

static int open_socket(const char *text, MpAddress *address)
{
    if (!mp_address_parse_with_port(address, text))
        return -1;
    int fd = socket(address->family == MP_FAMILY_IPV4 ? AF_INET : AF_INET6,
                    SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && mp_stamped_udp_enable(fd) ? fd : -1;
}

static int save(GArray *stamps, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (!path ||
        g_file_set_contents(path, stamps->data, (gssize)(stamps->len * sizeof(Stamp)), &error))
        return 0;
    g_printerr("%s\n", error->message);
    return 3;
}

static void collect_sent(int fd, GArray *stamps)
{
    MpSendStamp ready[MP_SEND_STAMPS];
    gboolean more = TRUE;
    while (more) {
        guint n = mp_stamped_udp_take_stamps(fd, ready, &more);
        for (guint i = 0; i < n; i++) {
            const Stamp entry = {ready[i].number, ready[i].left};
            g_array_append_val(stamps, entry);
        }
    }
}

static int send_paced(int fd, const MpAddress *to, char **arguments, int n_arguments)
{
    double per_second = atof(arguments[0]);
    gsize length = (gsize)atoi(arguments[1]) - HEADERS;
    guint64 n_packets = (guint64)(per_second * atof(arguments[2]));
    g_autofree guint8 *payload = g_malloc0(length);
    g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(Stamp));
    mp_thread_be_punctual();
    MpTime start = mp_clock_now();
    guint64 refused = 0;
    for (guint64 i = 0; i < n_packets; i++) {
        MpTime left = start + (MpTime)((double)i / per_second * 1e9) - mp_clock_now();
        const struct timespec pause = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
        if (left > 0)
            (void)ppoll(NULL, 0, &pause, NULL);
        memcpy(payload, &i, sizeof i);
        refused += 1 - mp_stamped_udp_send(fd, to, &(MpBytes){payload, length}, 1);
        collect_sent(fd, stamps);
    }
    g_usleep(50000);
    collect_sent(fd, stamps);
    printf("{\"sent\": %" G_GUINT64_FORMAT ", \"refused\": %" G_GUINT64_FORMAT "}\n",
           n_packets - refused, refused);
    return save(stamps, n_arguments > 3 ? arguments[3] : NULL);
}

static int flood(int fd, const MpAddress *to, char **arguments)
{
    gsize length = (gsize)atoi(arguments[0]) - HEADERS;
    MpTime end = mp_clock_now() + MP_SEC(atoi(arguments[1]));
    g_autofree guint8 *payload = g_malloc0(length);
    struct sockaddr_storage address;
    struct iovec part = {.iov_base = payload, .iov_len = length};
    struct mmsghdr messages[FLOOD_BATCH] = {0};
    for (guint i = 0; i < FLOOD_BATCH; i++)
        messages[i].msg_hdr = (struct msghdr){.msg_name = &address,
                                              .msg_namelen = mp_address_to_sockaddr(to, &address),
                                              .msg_iov = &part,
                                              .msg_iovlen = 1};
    double per_ns = atof(arguments[2]) / 1e9;
    guint64 sent = 0;
    MpTime start = mp_clock_now();
    for (MpTime now = start; now < end; now = mp_clock_now()) {
        if (per_ns > 0 && (double)sent > (double)(now - start) * per_ns)
            continue;
        int done = sendmmsg(fd, messages, FLOOD_BATCH, 0);
        sent += (guint64)MAX(done, 0);
    }
    printf("{\"sent\": %" G_GUINT64_FORMAT "}\n", sent);
    return 0;
}

static int receive(int fd, const MpAddress *at, char **arguments, int n_arguments)
{
    int silence_ms = (int)(atof(arguments[0]) * 1000);
    struct sockaddr_storage address;
    socklen_t address_length = mp_address_to_sockaddr(at, &address);
    if (bind(fd, (const struct sockaddr *)&address, address_length) != 0) {
        perror("traffic receive");
        return 3;
    }
    printf("ready\n");
    (void)fflush(stdout);

    g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(Stamp));
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    g_autoptr(MpStampedQueue) queue = mp_stamped_queue_new(fd);
    while (poll(&wait, 1, stamps->len ? silence_ms : FIRST_WAIT_MS) > 0) {
        const MpStampedDatagram *datagrams;
        guint n = mp_stamped_queue_look(queue, &datagrams);
        mp_stamped_queue_take(queue, n);
        for (guint i = 0; i < n; i++) {
            Stamp entry = {.stamp = datagrams[i].stamp};
            memcpy(&entry.number, datagrams[i].bytes.data, sizeof entry.number);
            g_array_append_val(stamps, entry);
        }
    }
    printf("{\"received\": %u, \"overflows\": %u}\n", stamps->len,
           mp_stamped_queue_overflows(queue));
    return save(stamps, n_arguments > 1 ? arguments[1] : NULL);
}

int main(int argc, char **argv)
{
    MpAddress address;
    int fd = argc > 2 ? open_socket(argv[2], &address) : -1;
    if (fd >= 0 && g_str_equal(argv[1], "send") && argc >= 6)
        return send_paced(fd, &address, argv + 3, argc - 3);
    if (fd >= 0 && g_str_equal(argv[1], "flood") && argc == 6)
        return flood(fd, &address, argv + 3);
    if (fd >= 0 && g_str_equal(argv[1], "receive") && argc >= 4)
        return receive(fd, &address, argv + 3, argc - 3);
    g_printerr("usage: traffic send|flood|receive ADDRESS:PORT ...\n");
    return 2;
}
