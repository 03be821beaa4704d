/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One host of the allow-list against servers on loopback: genuine ones and such as lie or stall.
 */
#include <glib/gstdio.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/certificates.h"
#include "probe/probe.h"
#include "probe/web_answers.h"

#define LONG MP_SEC(20)
#define SHORT MP_MSEC(700)

/* What a server does with one connection; `tls` NULL: it speaks none. */
typedef void (*Behaviour)(int fd, SSL *tls);

typedef struct {
    char *directory;
    char *ca;
    char *certificate;
    char *key;
} Files;

static Files files;

typedef struct {
    int listener;
    guint16 port;
    Behaviour behave;
    SSL_CTX *tls;
    GThread *thread;
} Server;

static void make_files(void)
{
    static const char *const names[] = {"127.0.0.1", NULL};
    g_autoptr(GError) error = NULL;
    files.directory = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    files.ca = g_build_filename(files.directory, "ca.pem", NULL);
    files.certificate = g_build_filename(files.directory, "server.pem", NULL);
    files.key = g_build_filename(files.directory, "key.pem", NULL);
    g_autoptr(MpAuthority) authority = mp_authority_new("test", &error);
    g_assert_no_error(error);
    g_assert_true(mp_authority_write_certificate(authority, files.ca, &error));
    g_assert_true(mp_authority_issue(authority, names, MP_VALIDITY_NOW, files.certificate,
                                     files.key, &error));
}

static void remove_files(void)
{
    char *const paths[] = {files.ca, files.certificate, files.key};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_unlink(paths[i]);
        g_free(paths[i]);
    }
    g_rmdir(files.directory);
    g_free(files.directory);
}

static void serve_one(const Server *server, int fd)
{
    SSL *tls = server->tls ? SSL_new(server->tls) : NULL;
    if (tls)
        SSL_set_fd(tls, fd);
    if (!tls || SSL_accept(tls) == 1)
        server->behave(fd, tls);
    SSL_free(tls);
    close(fd);
}

/* One connection after the other: the probe makes them so. */
static gpointer serve(gpointer data)
{
    const Server *server = data;
    for (int fd; (fd = accept(server->listener, NULL, NULL)) >= 0;)
        serve_one(server, fd);
    return NULL;
}

static Server *server_new(Behaviour behave, gboolean speaks_tls)
{
    Server *server = g_new0(Server, 1);
    MpAddress address;
    struct sockaddr_storage storage;
    g_assert_true(mp_address_parse(&address, "127.0.0.1", 0));
    socklen_t length = mp_address_to_sockaddr(&address, &storage);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(server->listener, (struct sockaddr *)&storage, length), ==, 0);
    g_assert_cmpint(listen(server->listener, 8), ==, 0);
    length = sizeof storage;
    getsockname(server->listener, (struct sockaddr *)&storage, &length);
    mp_address_from_sockaddr(&address, (struct sockaddr *)&storage);
    server->port = address.port;
    server->behave = behave;
    if (speaks_tls) {
        server->tls = SSL_CTX_new(TLS_server_method());
        g_assert_cmpint(SSL_CTX_use_certificate_chain_file(server->tls, files.certificate), ==, 1);
        g_assert_cmpint(SSL_CTX_use_PrivateKey_file(server->tls, files.key, SSL_FILETYPE_PEM), ==,
                        1);
    }
    server->thread = g_thread_new("server", serve, server);
    return server;
}

static void server_free(Server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    g_thread_join(server->thread);
    close(server->listener);
    SSL_CTX_free(server->tls);
    g_free(server);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_free)

/* -- what servers do --------------------------------------------------------------------------- */

static gboolean read_request(SSL *tls, char request[2048])
{
    int have = 0;
    memset(request, 0, 2048);
    while (!strstr(request, "\r\n\r\n")) {
        int got = SSL_read(tls, request + have, 2047 - have);
        if (got <= 0)
            return FALSE;
        have += got;
    }
    return TRUE;
}

static void say(SSL *tls, const char *text)
{
    (void)SSL_write(tls, text, (int)strlen(text));
}

/* HTTPS, but no WebSocket. */
static void answer(int fd, SSL *tls)
{
    (void)fd;
    char request[2048];
    if (!read_request(tls, request))
        return;
    if (strstr(request, "Upgrade: websocket") || strstr(request, "upgrade: websocket"))
        say(tls, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    else
        say(tls, "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/x?token=1\r\n"
                 "Content-Length: 0\r\nConnection: close\r\n\r\n");
    SSL_shutdown(tls);
}

static void cut_the_upgrade(int fd, SSL *tls)
{
    (void)fd;
    char request[2048];
    if (read_request(tls, request) && g_str_has_prefix(request, "HEAD"))
        say(tls, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/* A header that never ends. */
static void drip(int fd, SSL *tls)
{
    (void)fd;
    char request[2048];
    if (!read_request(tls, request))
        return;
    say(tls, "HTTP/1.1 200 OK\r\n");
    while (SSL_write(tls, "X-More: 1\r\n", 11) > 0)
        g_usleep(2000);
}

static void speak_plainly(int fd, SSL *tls)
{
    (void)tls;
    static const char text[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    char buffer[2048];
    if (recv(fd, buffer, sizeof buffer, 0) > 0)
        (void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void stall(int fd, SSL *tls)
{
    (void)tls;
    char buffer[2048];
    while (recv(fd, buffer, sizeof buffer, 0) > 0)
        continue;
}

/* The first bytes of an answer to the handshake, and then no more. */
static void begin_to_answer(int fd, SSL *tls)
{
    static const guint8 record[] = {22, 3, 3, 4, 0, 2};
    (void)send(fd, record, sizeof record, MSG_NOSIGNAL);
    stall(fd, tls);
}

/* `own` is the step's own time; the check ends after `span`. */
static MpMeasurement *visit_within(guint16 port, MpTime own, MpTime span, GCancellable *cancellable)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_targets_new();
    targets->ca_file = g_strdup(files.ca);
    g_autoptr(MpStep) step = mp_step_new("web", "web:127.0.0.1");
    const MpServerUri server = {
        .transport = MP_TRANSPORT_TLS, .host = (char *)"127.0.0.1", .port = port};
    step->server = mp_server_uri_copy(&server);
    step->wants_websocket = TRUE;
    step->deadline = own;
    const MpTime began = mp_clock_now();
    const MpProbeContext context = {
        .targets = targets, .deadline = began + span, .cancellable = cancellable};
    MpMeasurement *measurement = mp_probe_web(step, &context, &error);
    g_assert_no_error(error);
    g_assert_cmpint(mp_clock_now(), <, began + span + MP_MSEC(300));
    return measurement;
}

static MpMeasurement *visit(guint16 port, MpTime span, GCancellable *cancellable)
{
    return visit_within(port, 0, span, cancellable);
}

static const char *outcome_of(const MpMeasurement *measurement, const char *stage)
{
    JsonObject *object = mp_measurement_stage(measurement, stage);
    return object ? mp_facts_string(object, "outcome") : NULL;
}

static double code_of(const MpMeasurement *measurement, const char *stage)
{
    double code = 0;
    mp_facts_number(mp_measurement_stage(measurement, stage), "code", &code);
    return code;
}

static void test_each_stage_of_a_genuine_server(void)
{
    g_autoptr(Server) server = server_new(answer, TRUE);
    g_autoptr(MpMeasurement) measurement = visit(server->port, LONG, NULL);
    g_assert_cmpint(measurement->outcome, ==, MP_OUTCOME_ANSWERED);
    static const char *const stages[] = {"resolve", "connect", "tls", "https", "websocket"};
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++)
        g_assert_cmpstr(outcome_of(measurement, stages[i]), ==, "answered");
    g_assert_cmpfloat(code_of(measurement, "https"), ==, 302);
    g_assert_cmpfloat(code_of(measurement, "websocket"), ==, 404);
    g_assert_cmpstr(mp_facts_string(measurement->facts, "location"), ==,
                    "https://elsewhere.example/x");
    g_assert_cmpstr(mp_facts_string(measurement->facts, "tls.verify"), ==, "ok");
}

typedef struct {
    const char *name;
    Behaviour behave;
    gboolean speaks_tls;
    MpTime span;
    const char *stage; /* the one that breaks */
    const char *outcome;
} Liar;

static const Liar liars[] = {
    {"/web/liar/plain-http", speak_plainly, FALSE, LONG, "tls", "malformed"},
    {"/web/liar/stalled-tls", stall, FALSE, SHORT, "tls", "silent"},
    {"/web/liar/stalled-https", stall, TRUE, SHORT, "https", "silent"},
    {"/web/liar/endless-header", drip, TRUE, SHORT, "https", "silent"},
    {"/web/liar/cut-upgrade", cut_the_upgrade, TRUE, LONG, "websocket", "reset"},
};

static void test_a_liar_breaks_its_stage_in_time(gconstpointer data)
{
    const Liar *liar = data;
    g_autoptr(Server) server = server_new(liar->behave, liar->speaks_tls);
    g_autoptr(MpMeasurement) measurement = visit(server->port, liar->span, NULL);
    JsonObject *broken = mp_measurement_broken_stage(measurement);
    g_assert_cmpstr(mp_facts_string(broken, "name"), ==, liar->stage);
    g_assert_cmpstr(mp_facts_string(broken, "outcome"), ==, liar->outcome);
}

/* Half an answer is silence where there was time for the rest, and else nobody's. */
static void test_what_our_own_end_cuts_is_nobodys(void)
{
    g_autoptr(Server) server = server_new(begin_to_answer, FALSE);
    g_autoptr(MpMeasurement) whole = visit_within(server->port, SHORT, SHORT, NULL);
    g_assert_cmpstr(outcome_of(whole, "tls"), ==, "silent");
    g_autoptr(Server) other = server_new(begin_to_answer, FALSE);
    g_autoptr(MpMeasurement) cut = visit_within(other->port, LONG, SHORT, NULL);
    g_assert_cmpstr(outcome_of(cut, "tls"), ==, "not_run");
}

static void test_a_closed_port_is_refused(void)
{
    Server *server = server_new(answer, TRUE);
    const guint16 port = server->port;
    server_free(server);
    g_autoptr(MpMeasurement) measurement = visit(port, LONG, NULL);
    g_assert_cmpstr(outcome_of(measurement, "connect"), ==, "refused");
    g_assert_null(outcome_of(measurement, "tls"));
}

static void test_an_interruption_is_no_evidence(void)
{
    g_autoptr(Server) server = server_new(answer, TRUE);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    g_autoptr(MpMeasurement) measurement = visit(server->port, LONG, cancellable);
    g_assert_cmpint(measurement->outcome, ==, MP_OUTCOME_NOT_RUN);
}

static GArray *addresses_of(const char *list)
{
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    g_auto(GStrv) words = g_strsplit(list, " ", -1);
    for (guint i = 0; words[i] && *words[i]; i++) {
        MpAddress address;
        g_assert_true(mp_address_parse(&address, words[i], 0));
        g_array_append_val(addresses, address);
    }
    return addresses;
}

static void test_answers_are_compared(void)
{
    static const char *const cases[][3] = {
        {"192.0.2.1 192.0.2.2", "192.0.2.2 192.0.2.1", "same"},
        {"192.0.2.1", "192.0.2.2 192.0.2.1", "overlapping"},
        {"192.0.2.1", "192.0.2.2", "different"},
        {"10.1.1.1", "192.0.2.2", "private"},
        {"0.0.0.0", "", "private"},
        {"", "192.0.2.2", "missing"},
        {"192.0.2.1", "", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) system = addresses_of(cases[i][0]);
        g_autoptr(GArray) second = addresses_of(cases[i][1]);
        g_assert_cmpstr(mp_web_answers_compare(system, second), ==, cases[i][2]);
    }
}

/* LeakSanitizer of LLVM 14 dies when it looks through the threads of GIO's TLS module, which is
 * loaded at run time; the address sanitizer stays on. */
int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
    return 1;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* OpenSSL writes to a client that has gone. */
    (void)signal(SIGPIPE, SIG_IGN);
    make_files();
    g_test_add_func("/web/genuine", test_each_stage_of_a_genuine_server);
    for (gsize i = 0; i < G_N_ELEMENTS(liars); i++)
        g_test_add_data_func(liars[i].name, &liars[i], test_a_liar_breaks_its_stage_in_time);
    g_test_add_func("/web/cut-by-our-end", test_what_our_own_end_cuts_is_nobodys);
    g_test_add_func("/web/refused", test_a_closed_port_is_refused);
    g_test_add_func("/web/interrupted", test_an_interruption_is_no_evidence);
    g_test_add_func("/web/compare", test_answers_are_compared);
    int code = g_test_run();
    remove_files();
    return code;
}
