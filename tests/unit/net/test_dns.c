/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A name server on loopback whose answer over UDP is cut: the rest comes over TCP; and one that
 * answers late.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/dns.h"

#define NAME "_turn._udp.turn.example"
#define N_RECORDS 30
#define N_FIRST 3
#define MAX_MESSAGE 4096
#define RESENT_AFTER MP_SEC(1)

typedef struct {
    int udp;
    int tcp; /* -1: nobody listens */
    MpAddress address;
    GThread *threads[2];
} Server;

/* RFC 1035 section 4.1 and RFC 2782: the question again, then so many records of one target. */
static gsize write_answer(guint8 *out, const guint8 *query, gsize query_length, guint n_records,
                          gboolean is_cut)
{
    static const guint8 target[] = {3, 'n', 'e', 't', 0};
    memcpy(out, query, query_length);
    out[2] = (guint8)(0x84 | (is_cut ? 0x02 : 0)); /* a response, authoritative, TC */
    out[3] = 0;
    out[6] = 0;
    out[7] = (guint8)n_records;
    MpWriter writer = mp_writer_init(out + query_length, MAX_MESSAGE - query_length);
    for (guint i = 0; i < n_records; i++) {
        mp_writer_u16(&writer, 0xC00C); /* the name of the question */
        mp_writer_u16(&writer, 33);
        mp_writer_u16(&writer, 1);
        mp_writer_u32(&writer, 60);
        mp_writer_u16(&writer, 6 + sizeof target);
        mp_writer_u16(&writer, (guint16)i);
        mp_writer_u16(&writer, 0);
        mp_writer_u16(&writer, 3478);
        mp_writer_bytes(&writer, target, sizeof target);
    }
    return query_length + n_records * (18 + sizeof target);
}

static gpointer serve_udp(gpointer data)
{
    const Server *server = data;
    guint8 query[512];
    guint8 answer[MAX_MESSAGE];
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    const gssize got = recvfrom(server->udp, query, sizeof query, 0, (struct sockaddr *)&from,
                                &size);
    g_assert_cmpint(got, >, 0);
    const gsize length = write_answer(answer, query, (gsize)got, N_FIRST, TRUE);
    g_assert_cmpint(sendto(server->udp, answer, length, 0, (struct sockaddr *)&from, size), >, 0);
    return NULL;
}

/* In two pieces, as a stream may bring it. */
static gpointer serve_tcp(gpointer data)
{
    const Server *server = data;
    guint8 query[512];
    guint8 answer[2 + MAX_MESSAGE];
    const int client = accept(server->tcp, NULL, NULL);
    const gssize got = recv(client, query, sizeof query, 0);
    g_assert_cmpint(got, >, 2);
    g_assert_cmpint(query[0] << 8 | query[1], ==, got - 2);
    const gsize length = write_answer(answer + 2, query + 2, (gsize)got - 2, N_RECORDS, FALSE);
    answer[0] = (guint8)(length >> 8);
    answer[1] = (guint8)length;
    g_assert_cmpint(send(client, answer, 1, 0), ==, 1);
    g_assert_cmpint(send(client, answer + 1, length + 1, 0), ==, (gssize)length + 1);
    close(client);
    return NULL;
}

static int bind_to(int type, MpAddress *address)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(address, &storage);
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&storage, length), ==, 0);
    length = sizeof storage;
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&storage, &length), ==, 0);
    g_assert_true(mp_address_from_sockaddr(address, (struct sockaddr *)&storage));
    return fd;
}

static Server start(gboolean has_tcp)
{
    Server server = {.tcp = -1, .address = mp_address_literal("127.0.0.1", 0)};
    server.tcp = bind_to(SOCK_STREAM, &server.address);
    server.udp = bind_to(SOCK_DGRAM, &server.address);
    if (has_tcp)
        g_assert_cmpint(listen(server.tcp, 1), ==, 0);
    return server;
}

static GArray *ask(gboolean has_tcp, gboolean *is_truncated)
{
    Server server = start(has_tcp);
    g_auto(MpDnsAnswer) answer = {0};
    MpNetStatus status = {0};
    MpTime took;
    const MpNetLimit limit = {.deadline = mp_clock_now() + MP_SEC(10)};
    server.threads[0] = g_thread_new("udp", serve_udp, &server);
    if (has_tcp)
        server.threads[1] = g_thread_new("tcp", serve_tcp, &server);
    g_assert_true(
        mp_net_dns_ask(&server.address, NAME, MP_DNS_SRV, &limit, &answer, &took, &status));
    for (guint i = 0; i < 1U + has_tcp; i++)
        g_thread_join(server.threads[i]);
    close(server.udp);
    close(server.tcp);
    *is_truncated = answer.is_truncated;
    return g_steal_pointer(&answer.services);
}

static void what_is_cut_is_asked_again_over_tcp(void)
{
    gboolean is_truncated;
    g_autoptr(GArray) services = ask(TRUE, &is_truncated);
    g_assert_false(is_truncated);
    g_assert_cmpuint(services->len, ==, N_RECORDS);
    g_assert_cmpuint(g_array_index(services, MpDnsService, N_RECORDS - 1).priority, ==,
                     N_RECORDS - 1);
}

static void what_stays_cut_is_called_so(void)
{
    gboolean is_truncated;
    g_autoptr(GArray) services = ask(FALSE, &is_truncated);
    g_assert_true(is_truncated);
    g_assert_cmpuint(services->len, ==, N_FIRST);
}

/* Answers the question when it has come twice. */
static gpointer serve_late(gpointer data)
{
    const Server *server = data;
    guint8 query[512];
    recv(server->udp, query, sizeof query, 0);
    return serve_udp(data);
}

/* A slow name server is told as one, and its answer as an answer. */
static void a_late_answer_took_since_the_first_question(void)
{
    Server server = start(FALSE);
    g_auto(MpDnsAnswer) answer = {0};
    MpNetStatus status = {0};
    MpTime took = 0;
    const MpNetLimit limit = {.deadline = mp_clock_now() + MP_SEC(10)};
    GThread *thread = g_thread_new("late", serve_late, &server);
    g_assert_true(
        mp_net_dns_ask(&server.address, NAME, MP_DNS_SRV, &limit, &answer, &took, &status));
    g_thread_join(thread);
    close(server.udp);
    close(server.tcp);
    g_assert_cmpint(took, >=, RESENT_AFTER);
    g_assert_cmpint(status.outcome, ==, MP_NET_DONE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/cut", what_is_cut_is_asked_again_over_tcp);
    g_test_add_func("/dns/stays-cut", what_stays_cut_is_called_so);
    g_test_add_func("/dns/late", a_late_answer_took_since_the_first_question);
    return g_test_run();
}
