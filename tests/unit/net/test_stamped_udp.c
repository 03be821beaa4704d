/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Batches with stamps on loopback: what is sent is numbered and stamped in order; what has come can
 * be looked at, taken in part, and the rest is found again.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stamped_queue.h"
#include "net/stamped_udp.h"

#define PACKETS 5
#define SEGMENT 100

typedef struct {
    int sender;
    int receiver;
    MpAddress to;
    MpStampedQueue *queue;
} Pair;

static int open_socket(MpAddress *address)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(address, &storage);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&storage, length), ==, 0);
    g_assert_true(mp_stamped_udp_enable(fd));
    length = sizeof storage;
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&storage, &length), ==, 0);
    mp_address_from_sockaddr(address, (struct sockaddr *)&storage);
    return fd;
}

/* The kernel stamps what comes in for nobody who does not ask, and begins in a worker, a moment
 * after a socket has asked: net_enable_timestamp(). */
static void await_stamps(const Pair *pair)
{
    static const guint8 byte;
    const MpBytes datagram = {&byte, 1};
    const MpTime deadline = mp_clock_now() + MP_SEC(20);
    gboolean is_stamped = FALSE;
    while (!is_stamped) {
        const MpStampedDatagram *datagrams;
        g_assert_cmpint(mp_clock_now(), <, deadline);
        g_assert_cmpuint(mp_stamped_udp_send_unstamped(pair->sender, &pair->to, &datagram, 1), ==,
                         1);
        g_assert_cmpuint(mp_stamped_queue_look(pair->queue, &datagrams), ==, 1);
        is_stamped = datagrams[0].stamp > 0;
        mp_stamped_queue_take(pair->queue, 1);
        sched_yield();
    }
}

static Pair open_pair(void)
{
    Pair pair = {.to = mp_address_literal("127.0.0.1", 0)};
    MpAddress own = pair.to;
    pair.sender = open_socket(&own);
    pair.receiver = open_socket(&pair.to);
    pair.queue = mp_stamped_queue_new(pair.receiver);
    await_stamps(&pair);
    return pair;
}

static void close_pair(Pair *pair)
{
    mp_stamped_queue_free(pair->queue);
    close(pair->sender);
    close(pair->receiver);
}

/* Datagrams of one byte, from `first` on. */
static void send_numbers(const Pair *pair, guint8 first, guint n)
{
    guint8 numbers[PACKETS];
    MpBytes datagrams[PACKETS];
    for (guint i = 0; i < n; i++) {
        numbers[i] = (guint8)(first + i);
        datagrams[i] = (MpBytes){&numbers[i], 1};
    }
    g_assert_cmpuint(mp_stamped_udp_send(pair->sender, &pair->to, datagrams, n), ==, n);
}

/* Loopback delivers within the send. */
static void assert_look(const Pair *pair, guint8 first, guint n)
{
    const MpStampedDatagram *datagrams;
    g_assert_cmpuint(mp_stamped_queue_look(pair->queue, &datagrams), ==, n);
    for (guint i = 0; i < n; i++) {
        g_assert_cmpuint(datagrams[i].bytes.length, ==, 1);
        g_assert_cmpuint(datagrams[i].bytes.data[0], ==, first + i);
        g_assert_cmpint(datagrams[i].stamp, >, mp_clock_realtime() - MP_SEC(60));
        g_assert_cmpint(datagrams[i].from.family, ==, MP_FAMILY_IPV4);
    }
}

static guint collect_stamps(int fd, MpSendStamp *stamps, guint wanted)
{
    struct pollfd descriptor = {.fd = fd};
    guint n = 0;
    while (n < wanted && poll(&descriptor, 1, 1000) > 0) {
        gboolean more;
        n += mp_stamped_udp_take_stamps(fd, stamps + n, &more);
    }
    return n;
}

static void test_every_packet_of_a_batch_has_a_number_and_a_stamp(void)
{
    Pair pair = open_pair();
    MpSendStamp stamps[2 * MP_SEND_STAMPS];
    send_numbers(&pair, 0, PACKETS);
    send_numbers(&pair, PACKETS, 2);
    g_assert_cmpuint(collect_stamps(pair.sender, stamps, PACKETS + 2), ==, PACKETS + 2);
    for (guint i = 0; i < PACKETS + 2; i++) {
        g_assert_cmpuint(stamps[i].number, ==, i);
        g_assert_cmpint(stamps[i].left, >=, i ? stamps[i - 1].left : 1);
    }
    close_pair(&pair);
}

static void test_a_batch_that_does_not_fit_says_how_much_did(void)
{
    static const guint8 longest[65508]; /* one byte more than UDP over IPv4 carries */
    const MpBytes datagrams[] = {{longest, 1}, {longest, sizeof longest}, {longest, 1}};
    Pair pair = open_pair();
    g_assert_cmpuint(mp_stamped_udp_send(pair.sender, &pair.to, datagrams, 3), ==, 1);
    g_assert_cmpint(errno, ==, EMSGSIZE);
    close_pair(&pair);
}

static void test_what_was_looked_at_lies_there_until_it_is_taken(void)
{
    Pair pair = open_pair();
    send_numbers(&pair, 10, PACKETS);
    assert_look(&pair, 10, PACKETS);
    assert_look(&pair, 10, PACKETS);
    mp_stamped_queue_take(pair.queue, PACKETS);
    assert_look(&pair, 0, 0);
    for (guint8 number = 20; number < 23; number++) {
        send_numbers(&pair, number, 1);
        assert_look(&pair, number, 1);
        mp_stamped_queue_take(pair.queue, 1);
    }
    send_numbers(&pair, 30, 2);
    assert_look(&pair, 30, 2);
    close_pair(&pair);
}

static void test_a_part_is_taken_and_the_rest_found_again(void)
{
    Pair pair = open_pair();
    send_numbers(&pair, 1, PACKETS);
    assert_look(&pair, 1, PACKETS);
    mp_stamped_queue_take(pair.queue, 1);
    mp_stamped_queue_take(pair.queue, 2);
    send_numbers(&pair, 1 + PACKETS, 1);
    assert_look(&pair, 4, PACKETS - 2);
    mp_stamped_queue_take(pair.queue, PACKETS - 2);
    assert_look(&pair, 0, 0);
    close_pair(&pair);
}

static void test_another_reader_takes_what_is_left(void)
{
    Pair pair = open_pair();
    guint8 byte;
    send_numbers(&pair, 1, 3);
    assert_look(&pair, 1, 3);
    mp_stamped_queue_take(pair.queue, 1);
    g_assert_cmpint(recv(pair.receiver, &byte, 1, MSG_DONTWAIT), ==, 1);
    g_assert_cmpuint(byte, ==, 2);
    assert_look(&pair, 3, 1);
    close_pair(&pair);
}

static void test_a_datagram_that_is_cut_does_not_shift_the_next(void)
{
    static const guint8 longer[5000];
    const MpBytes cut = {longer, sizeof longer};
    const MpStampedDatagram *datagrams;
    Pair pair = open_pair();
    g_assert_cmpuint(mp_stamped_udp_send(pair.sender, &pair.to, &cut, 1), ==, 1);
    send_numbers(&pair, 7, 2);
    g_assert_cmpuint(mp_stamped_queue_look(pair.queue, &datagrams), ==, 1);
    g_assert_cmpuint(datagrams[0].bytes.length, ==, 2048);
    mp_stamped_queue_take(pair.queue, 1);
    assert_look(&pair, 7, 2);
    close_pair(&pair);
}

static void test_segments_come_as_datagrams_of_their_own(void)
{
    guint8 data[3 * SEGMENT + 1];
    const MpStampedDatagram *datagrams;
    MpSendStamp stamp[MP_SEND_STAMPS];
    Pair pair = open_pair();
    for (guint i = 0; i < sizeof data; i++)
        data[i] = (guint8)(i / SEGMENT);
    g_assert_true(
        mp_stamped_udp_send_segments(pair.sender, &pair.to, (MpBytes){data, sizeof data}, SEGMENT));
    g_assert_cmpuint(mp_stamped_queue_look(pair.queue, &datagrams), ==, 4);
    for (guint i = 0; i < 4; i++) {
        g_assert_cmpuint(datagrams[i].bytes.length, ==, i < 3 ? SEGMENT : 1);
        g_assert_cmpuint(datagrams[i].bytes.data[0], ==, i);
    }
    g_assert_cmpuint(collect_stamps(pair.sender, stamp, 1), ==, 1);
    g_assert_cmpuint(stamp[0].number, ==, 0);
    close_pair(&pair);
}

/* Its route is the socket's; numbers are for those that are stamped. */
static void test_a_connected_socket_names_nobody(void)
{
    static const guint8 numbers[] = {3, 4};
    const MpBytes datagrams[] = {{&numbers[0], 1}, {&numbers[1], 1}};
    const MpAddress nobody = mp_address_literal("192.0.2.1", 9);
    struct sockaddr_storage storage;
    MpSendStamp stamp[MP_SEND_STAMPS];
    gboolean more;
    Pair pair = open_pair();
    const socklen_t length = mp_address_to_sockaddr(&pair.to, &storage);
    g_assert_cmpint(connect(pair.sender, (struct sockaddr *)&storage, length), ==, 0);
    /* Whatever it is told, a connected socket sends where it is connected to. */
    g_assert_cmpuint(mp_stamped_udp_send_connected(pair.sender, &nobody, datagrams, 2), ==, 2);
    assert_look(&pair, 3, 2);
    g_assert_cmpuint(mp_stamped_udp_take_stamps(pair.sender, stamp, &more), ==, 0);
    close_pair(&pair);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stamped_udp/every-packet-of-a-batch-has-a-number-and-a-stamp",
                    test_every_packet_of_a_batch_has_a_number_and_a_stamp);
    g_test_add_func("/stamped_udp/a-batch-that-does-not-fit-says-how-much-did",
                    test_a_batch_that_does_not_fit_says_how_much_did);
    g_test_add_func("/stamped_udp/what-was-looked-at-lies-there-until-it-is-taken",
                    test_what_was_looked_at_lies_there_until_it_is_taken);
    g_test_add_func("/stamped_udp/a-part-is-taken-and-the-rest-found-again",
                    test_a_part_is_taken_and_the_rest_found_again);
    g_test_add_func("/stamped_udp/another-reader-takes-what-is-left",
                    test_another_reader_takes_what_is_left);
    g_test_add_func("/stamped_udp/a-datagram-that-is-cut-does-not-shift-the-next",
                    test_a_datagram_that_is_cut_does_not_shift_the_next);
    g_test_add_func("/stamped_udp/segments-come-as-datagrams-of-their-own",
                    test_segments_come_as_datagrams_of_their_own);
    g_test_add_func("/stamped_udp/a-connected-socket-names-nobody",
                    test_a_connected_socket_names_nobody);
    return g_test_run();
}
