/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The DTLS transport against a server on loopback: messages both ways, whom it trusts, silence,
 * ICMP and what is no DTLS.
 */
#include <glib/gstdio.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/certificates.h"
#include "net/dtls.h"
#include "net/udp.h"
#include "tests/support/far_end.h"

#define LONG MP_SEC(20)
#define SHORT MP_MSEC(150)

typedef struct {
    char *directory;
    char *ca;
    char *certificate;
    char *key;
} Files;

static Files make_files(const char *name)
{
    Files files = {.directory = g_dir_make_tmp("mediapath-dtls-XXXXXX", NULL)};
    files.ca = g_build_filename(files.directory, "ca.pem", NULL);
    files.certificate = g_build_filename(files.directory, "server.pem", NULL);
    files.key = g_build_filename(files.directory, "key.pem", NULL);
    const char *const names[] = {name, NULL};
    g_autoptr(MpAuthority) authority = mp_authority_new("test", NULL);
    g_assert_true(mp_authority_write_certificate(authority, files.ca, NULL));
    g_assert_true(
        mp_authority_issue(authority, names, MP_VALIDITY_NOW, files.certificate, files.key, NULL));
    return files;
}

static void clear_files(Files *files)
{
    char *paths[] = {files->ca, files->certificate, files->key};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_remove(paths[i]);
        g_free(paths[i]);
    }
    g_rmdir(files->directory);
    g_free(files->directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, clear_files)

typedef struct {
    int fd;
    const Files *files;
} Server;

static void connect_to_first_sender(int fd)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    char byte;
    g_assert_cmpint(recvfrom(fd, &byte, 1, MSG_PEEK, (struct sockaddr *)&from, &length), ==, 1);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&from, length), ==, 0);
}

/* Echoes one message. */
static gpointer serve(gpointer data)
{
    const Server *server = data;
    connect_to_first_sender(server->fd);
    SSL_CTX *context = SSL_CTX_new(DTLS_server_method());
    g_assert_cmpint(
        SSL_CTX_use_certificate_file(context, server->files->certificate, SSL_FILETYPE_PEM), ==, 1);
    g_assert_cmpint(SSL_CTX_use_PrivateKey_file(context, server->files->key, SSL_FILETYPE_PEM), ==,
                    1);
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new_dgram(server->fd, BIO_NOCLOSE);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl, 1200);
    char message[100];
    int length = SSL_accept(ssl) == 1 ? SSL_read(ssl, message, sizeof message) : 0;
    if (length > 0)
        SSL_write(ssl, message, length);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return NULL;
}

static MpNetTransport *open_client(const MpAddress *address, const char *name, const char *ca,
                                   const MpNetLimit *limit, MpTlsReport *report,
                                   MpNetStatus *status)
{
    MpNetTransport *udp = mp_net_udp_open(address, status);
    g_assert_nonnull(udp);
    return mp_net_dtls_open(udp, name, ca, limit, report, status);
}

static void test_messages_go_both_ways(void)
{
    g_auto(Files) files = make_files("turn.example");
    MpAddress address;
    Server server = {bound_socket(SOCK_DGRAM, &address), &files};
    GThread *thread = g_thread_new("server", serve, &server);
    MpNetLimit limit = {.deadline = mp_clock_now() + LONG};
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    g_autoptr(MpNetTransport)
        dtls = open_client(&address, "turn.example", files.ca, &limit, &report, &status);
    g_assert_nonnull(dtls);
    g_assert_cmpstr(report.version, ==, "DTLSv1.2");
    g_assert_cmpstr(report.verify, ==, "ok");
    g_assert_cmpint(report.took, >, 0);

    MpBytes answer;
    g_assert_true(
        mp_net_transport_send(dtls, (MpBytes){(const guint8 *)"ping", 4}, &limit, &status));
    g_assert_true(mp_net_transport_receive(dtls, &answer, &limit, &status));
    g_assert_cmpmem(answer.data, answer.length, "ping", 4);
    g_thread_join(thread);
    close(server.fd);
}

static void test_another_name_is_an_interception(void)
{
    g_auto(Files) files = make_files("turn.example");
    MpAddress address;
    Server server = {bound_socket(SOCK_DGRAM, &address), &files};
    GThread *thread = g_thread_new("server", serve, &server);
    MpNetLimit limit = {.deadline = mp_clock_now() + LONG};
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    g_assert_null(open_client(&address, "other.example", files.ca, &limit, &report, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_INTERCEPTED);
    g_assert_cmpstr(report.flaw, ==, "name");
    g_thread_join(thread);
    close(server.fd);
}

static void test_silence_ends_at_the_deadline(void)
{
    MpAddress address;
    int fd = bound_socket(SOCK_DGRAM, &address);
    MpNetLimit limit = {.deadline = mp_clock_now() + SHORT};
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    g_assert_null(open_client(&address, "turn.example", NULL, &limit, &report, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_SILENT);
    g_assert_cmpint(mp_clock_now(), >=, limit.deadline);
    close(fd);
}

static void test_a_lost_flight_is_sent_again(void)
{
    MpAddress address;
    int fd = bound_socket(SOCK_DGRAM, &address);
    /* OpenSSL's first timeout is 1 s, RFC 6347 section 4.2.4.1. */
    MpNetLimit limit = {.deadline = mp_clock_now() + MP_MSEC(1400)};
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    g_assert_null(open_client(&address, "turn.example", NULL, &limit, &report, &status));
    guint flights = 0;
    char bytes[2000];
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        flights++;
    g_assert_cmpuint(flights, ==, 2);
    close(fd);
}

static void test_a_closed_port_refuses_at_once(void)
{
    MpAddress address;
    close(bound_socket(SOCK_DGRAM, &address));
    MpNetLimit limit = {.deadline = mp_clock_now() + LONG};
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    g_assert_null(open_client(&address, "turn.example", NULL, &limit, &report, &status));
    g_assert_cmpint(status.outcome, ==, MP_NET_REFUSED);
}

static gpointer answer_stun(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    connect_to_first_sender(fd);
    write_text(fd, "\1\1\0\0\41\22\244\102aaaaaaaaaaaa", 20);
    return NULL;
}

static void test_what_is_no_dtls_is_passed_over(void)
{
    MpAddress address;
    int fd = bound_socket(SOCK_DGRAM, &address);
    GThread *thread = g_thread_new("server", answer_stun, GINT_TO_POINTER(fd));
    MpNetLimit limit = {.deadline = mp_clock_now() + SHORT};
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    g_assert_null(open_client(&address, "turn.example", NULL, &limit, &report, &status));
    /* RFC 6347 section 4.1.2.7: invalid records are discarded, so this is silence. */
    g_assert_cmpint(status.outcome, ==, MP_NET_SILENT);
    g_thread_join(thread);
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/dtls/messages", test_messages_go_both_ways);
    g_test_add_func("/net/dtls/name", test_another_name_is_an_interception);
    g_test_add_func("/net/dtls/silence", test_silence_ends_at_the_deadline);
    g_test_add_func("/net/dtls/again", test_a_lost_flight_is_sent_again);
    g_test_add_func("/net/dtls/refused", test_a_closed_port_refuses_at_once);
    g_test_add_func("/net/dtls/foreign", test_what_is_no_dtls_is_passed_over);
    return g_test_run();
}
