/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Batches of datagrams on loopback: order, ports, stamps, strangers and overflow.
 */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/udp_batch.h"

#define SMALL 100

/* A socket on 127.0.0.1, or on 127.0.0.2: another host. */
static int bind_on(const char *ip, MpAddress *address)
{
    struct sockaddr_storage storage;
    socklen_t length;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_assert_true(mp_address_parse(address, ip, 0));
    length = mp_address_to_sockaddr(address, &storage);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&storage, length), ==, 0);
    length = sizeof storage;
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&storage, &length), ==, 0);
    mp_address_from_sockaddr(address, (struct sockaddr *)&storage);
    return fd;
}

static MpUdpBatch *open_batch(const MpAddress *peer)
{
    MpNetStatus status = {0};
    MpUdpBatch *batch = mp_udp_batch_open(peer, &status);
    g_assert_nonnull(batch);
    return batch;
}

static void send_to(int fd, const MpAddress *to, const void *data, gsize length)
{
    struct sockaddr_storage storage;
    socklen_t size = mp_address_to_sockaddr(to, &storage);
    g_assert_cmpint(sendto(fd, data, length, 0, (struct sockaddr *)&storage, size), ==,
                    (gssize)length);
}

/* Until `wanted` have come, or nothing more comes for a second. */
static guint collect(MpUdpBatch *batch, MpUdpIn *in, guint wanted)
{
    struct pollfd descriptor = {.fd = mp_udp_batch_fd(batch), .events = POLLIN};
    guint n = 0;
    while (n < wanted && poll(&descriptor, 1, 1000) > 0) {
        gboolean more;
        n += mp_udp_batch_receive(batch, in + n, &more);
    }
    return n;
}

static void test_one_socket_talks_to_many_ports(void)
{
    MpAddress peers[3];
    int fds[3];
    MpUdpOut out[3];
    for (guint i = 0; i < 3; i++) {
        fds[i] = bind_on("127.0.0.1", &peers[i]);
        out[i] = (MpUdpOut){peers[i].port, {(const guint8 *)"abc" + i, 1}};
    }
    g_autoptr(MpUdpBatch) batch = open_batch(&peers[0]);
    MpUdpBatchEnd end;
    g_assert_cmpuint(mp_udp_batch_send(batch, out, 3, &end), ==, 3);
    g_assert_cmpint(end, ==, MP_UDP_BATCH_SENT);
    MpTime began = mp_clock_realtime();
    MpAddress local = mp_udp_batch_local(batch);
    for (guint i = 0; i < 3; i++) {
        char byte = 0;
        g_assert_cmpint(recv(fds[i], &byte, 1, 0), ==, 1);
        g_assert_cmpint(byte, ==, "abc"[i]);
        send_to(fds[i], &local, &byte, 1);
    }
    MpUdpIn in[MP_UDP_BATCH];
    g_assert_cmpuint(collect(batch, in, 1), >=, 1);
    g_assert_cmpuint(in[0].port, ==, peers[0].port);
    g_assert_cmpmem(in[0].bytes.data, in[0].bytes.length, "a", 1);
    g_assert_cmpint(in[0].stamp, >=, began - MP_SEC(1));
    g_assert_cmpint(in[0].stamp, <=, mp_clock_realtime());
    for (guint i = 0; i < 3; i++)
        close(fds[i]);
}

static void test_strangers_are_not_shown(void)
{
    MpAddress peer;
    MpAddress stranger;
    int fd = bind_on("127.0.0.1", &peer);
    int other = bind_on("127.0.0.2", &stranger);
    g_autoptr(MpUdpBatch) batch = open_batch(&peer);
    MpAddress local = mp_udp_batch_local(batch);
    send_to(other, &local, "x", 1);
    send_to(fd, &local, "y", 1);
    MpUdpIn in[MP_UDP_BATCH];
    g_assert_cmpuint(collect(batch, in, 1), ==, 1);
    g_assert_cmpmem(in[0].bytes.data, in[0].bytes.length, "y", 1);
    close(fd);
    close(other);
}

/* Nobody reads while more comes than the buffer holds: what is missing is counted, each one. */
static void test_overflow_is_counted(void)
{
    MpAddress peer;
    int fd = bind_on("127.0.0.1", &peer);
    g_autoptr(MpUdpBatch) batch = open_batch(&peer);
    MpAddress local = mp_udp_batch_local(batch);
    const guint8 filler[SMALL] = {0};
    g_assert_cmpuint(mp_udp_batch_receive_buffer(batch), >, 100000);
    guint sent = (guint)(mp_udp_batch_receive_buffer(batch) / SMALL);
    for (guint i = 0; i < sent; i++)
        send_to(fd, &local, filler, sizeof filler);
    MpUdpIn in[MP_UDP_BATCH];
    gboolean more = TRUE;
    guint received = 0;
    while (more)
        received += mp_udp_batch_receive(batch, in, &more);
    g_assert_cmpuint(received, <, sent);
    /* The count comes with the next one that finds room. */
    send_to(fd, &local, filler, sizeof filler);
    g_assert_cmpuint(collect(batch, in, 1), ==, 1);
    g_assert_cmpuint(mp_udp_batch_overflows(batch), ==, sent - received);
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/udp_batch/one socket talks to many ports",
                    test_one_socket_talks_to_many_ports);
    g_test_add_func("/udp_batch/strangers are not shown", test_strangers_are_not_shown);
    g_test_add_func("/udp_batch/overflow is counted", test_overflow_is_counted);
    return g_test_run();
}
