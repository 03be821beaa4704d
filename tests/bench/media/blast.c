/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTP as fast as one core sends it, and what another core opens of it.
 *
 *   blast send ADDRESS:PORT PROFILE batch|segments SECONDS
 *   blast receive ADDRESS:PORT PROFILE batch|segments
 *
 * PROFILE as OpenSSL calls it. The receiver ends when nothing came for half a second.
 * Both print one line of JSON.
 */
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "net/stamped_udp.h"
#include "session/media_train.h"

#define SIZE 1200
/* What fits into one buffer of 65,507 bytes. */
#define SEGMENTS 54
#define SSRC 0x6d70
#define PAYLOAD_TYPE 96
#define RECEIVE_BUFFER (64 * 1024 * 1024)
#define RECEIVE_BATCH 64
#define LARGEST 65536
#define FIRST_WAIT_MS 10000
#define SILENCE_MS 500
/* Whoever waits for the socket is woken by the sender's core, and that for nearly every packet. The
 * buffer holds hundreds of times as much. */
#define PAUSE_US 200

typedef struct {
    int fd;
    MpAddress to;
    gboolean uses_segments;
} Way;

/* Any keys do: both ends have the same. */
static MpSrtpSession *new_srtp(const char *profile, gboolean is_client)
{
    static const guint8 keys[MP_DTLS_MAX_KEYING] = "as many bytes as any profile needs, and more";
    return mp_srtp_session_new_from_keys(profile, keys, is_client);
}

static double processor_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static guint hand_over(const MpBytes *packets, guint n, gpointer user_data)
{
    const Way *way = user_data;
    if (!way->uses_segments)
        return mp_stamped_udp_send_connected(way->fd, &way->to, packets, n);
    const MpBytes all = {packets[0].data, (gsize)n * SIZE};
    return mp_stamped_udp_send_segments(way->fd, &way->to, all, SIZE) ? n : 0;
}

static void drop_stamps(int fd)
{
    MpSendStamp stamps[MP_SEND_STAMPS];
    gboolean more = TRUE;
    while (more)
        mp_stamped_udp_take_stamps(fd, stamps, &more);
}

/* `most_rate`: packets a second; 0: as many as go. */
static int send_all(Way *way, const char *profile, MpTime span, double most_rate)
{
    g_autoptr(MpSrtpSession) srtp = new_srtp(profile, TRUE);
    const MpMediaTrainConfig config = {.srtp = srtp,
                                       .ssrc = SSRC,
                                       .payload_type = PAYLOAD_TYPE,
                                       .size = SIZE,
                                       .batch = way->uses_segments ? SEGMENTS : MP_TRAIN_BATCH,
                                       .send = hand_over,
                                       .user_data = way};
    if (!srtp)
        return 2;
    g_autoptr(MpMediaTrain) train = mp_media_train_new(&config);
    guint64 sent = 0;
    const MpTime start = mp_clock_now();
    for (MpTime now = start; now < start + span; now = mp_clock_now()) {
        if (most_rate > 0 && (double)sent > most_rate * (double)(now - start) / 1e9)
            continue;
        sent += mp_media_train_advance(train);
        if (way->uses_segments)
            drop_stamps(way->fd);
    }
    printf("{\"packets\": %" G_GUINT64_FORMAT ", \"seconds\": %.6f, \"cpu\": %.6f}\n", sent,
           (double)(mp_clock_now() - start) / 1e9, processor_seconds());
    return 0;
}

typedef struct {
    guint64 packets;
    guint64 refused;
    guint32 overflows;
    double cpu; /* until the last packet */
    struct mmsghdr messages[RECEIVE_BATCH];
    struct iovec parts[RECEIVE_BATCH];
    _Alignas(struct cmsghdr) guint8 controls[RECEIVE_BATCH][128];
    guint8 buffers[RECEIVE_BATCH][LARGEST];
} Sink;

/* The size of the datagrams that the kernel has joined; the whole length where it has not. */
static guint read_controls(Sink *sink, struct msghdr *message, guint length)
{
    guint segment = length;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
        if (at->cmsg_level == SOL_UDP && at->cmsg_type == UDP_GRO) {
            guint16 size;
            memcpy(&size, CMSG_DATA(at), sizeof size);
            segment = size;
        } else if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&sink->overflows, CMSG_DATA(at), sizeof sink->overflows);
        }
    }
    return segment;
}

static int take_batch(Sink *sink, int fd, MpSrtpSession *srtp)
{
    for (guint i = 0; i < RECEIVE_BATCH; i++) {
        sink->parts[i] = (struct iovec){sink->buffers[i], LARGEST};
        sink->messages[i].msg_hdr = (struct msghdr){.msg_iov = &sink->parts[i],
                                                    .msg_iovlen = 1,
                                                    .msg_control = sink->controls[i],
                                                    .msg_controllen = sizeof sink->controls[i]};
    }
    int got = recvmmsg(fd, sink->messages, RECEIVE_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        const guint whole = sink->messages[i].msg_len;
        const guint segment = read_controls(sink, &sink->messages[i].msg_hdr, whole);
        for (guint at = 0; at < whole; at += segment) {
            gsize length = MIN(segment, whole - at);
            gboolean is_open = mp_srtp_session_unprotect(srtp, sink->buffers[i] + at, &length);
            sink->packets += is_open;
            sink->refused += !is_open;
        }
    }
    return got;
}

static int receive_all(const Way *way, const char *profile)
{
    g_autoptr(MpSrtpSession) srtp = new_srtp(profile, FALSE);
    g_autofree Sink *sink = g_new0(Sink, 1);
    struct pollfd descriptor = {.fd = way->fd, .events = POLLIN};
    if (!srtp)
        return 2;
    printf("ready\n");
    (void)fflush(stdout);
    while (poll(&descriptor, 1, sink->packets ? SILENCE_MS : FIRST_WAIT_MS) > 0) {
        while (take_batch(sink, way->fd, srtp) > 0)
            continue;
        sink->cpu = processor_seconds();
        g_usleep(PAUSE_US);
    }
    printf("{\"packets\": %" G_GUINT64_FORMAT ", \"refused\": %" G_GUINT64_FORMAT
           ", \"overflows\": %u, \"cpu\": %.6f}\n",
           sink->packets, sink->refused, sink->overflows, sink->cpu);
    return 0;
}

static gboolean bind_for_all(const Way *way)
{
    struct sockaddr_storage storage;
    const socklen_t length = mp_address_to_sockaddr(&way->to, &storage);
    const int size = RECEIVE_BUFFER;
    const int on = 1;
    (void)setsockopt(way->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    (void)setsockopt(way->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (way->uses_segments)
        (void)setsockopt(way->fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    return bind(way->fd, (struct sockaddr *)&storage, length) == 0;
}

/* Segments come with stamps; a packet that has none costs no look at the clock. */
static gboolean prepare_to_send(const Way *way)
{
    struct sockaddr_storage storage;
    const socklen_t length = mp_address_to_sockaddr(&way->to, &storage);
    return way->uses_segments ? mp_stamped_udp_enable(way->fd)
                              : connect(way->fd, (struct sockaddr *)&storage, length) == 0;
}

int main(int argc, char **argv)
{
    Way way = {.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (argc < 5 || way.fd < 0 || !mp_address_parse_with_port(&way.to, argv[2])) {
        g_printerr("usage: blast send|receive ADDRESS:PORT PROFILE batch|segments "
                   "[SECONDS [PACKETS/S]]\n");
        return 2;
    }
    way.uses_segments = g_str_equal(argv[4], "segments");
    if (g_str_equal(argv[1], "receive"))
        return bind_for_all(&way) ? receive_all(&way, argv[3]) : 3;
    if (argc < 6 || !prepare_to_send(&way))
        return 3;
    return send_all(&way, argv[3], (MpTime)(atof(argv[5]) * 1e9), argc > 6 ? atof(argv[6]) : 0);
}
