/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TLS transport on OpenSSL. A BIO of our own carries the bytes, so that a write to a closed
 * connection raises no SIGPIPE and endless bytes do not keep OpenSSL busy past the deadline.
 */
#include "net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "net/stream.h"
#include "net/tcp.h"
#include "net/tls_report.h"
#include "net/tls_trust.h"

typedef struct {
    MpNetTransport transport;
    MpNetTransport *tcp;
    SSL_CTX *context;
    SSL *ssl;
    MpNetStream stream;
    MpTime deadline;   /* of the call under way */
    gsize received;    /* bytes, all told */
    int socket_error;  /* errno of the last failed read or write; 0: none */
    gboolean is_ended; /* the server closed the connection */
} Tls;

static int bio_read(BIO *bio, char *buffer, int capacity)
{
    Tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (mp_clock_now() >= tls->deadline) {
        BIO_set_retry_read(bio);
        return -1;
    }
    gssize got = recv(mp_net_tcp_fd(tls->tcp), buffer, (gsize)capacity, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    else if (got < 0)
        tls->socket_error = errno;
    else if (got == 0)
        tls->is_ended = TRUE;
    else
        tls->received += (gsize)got;
    return (int)got;
}

static int bio_write(BIO *bio, const char *data, int length)
{
    Tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    gssize sent = send(mp_net_tcp_fd(tls->tcp), data, (gsize)length, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    else if (sent < 0)
        tls->socket_error = errno;
    return (int)sent;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static gpointer make_bio_method(gpointer unused)
{
    (void)unused;
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                                      "mediapath socket");
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

/* Made once and kept. */
static BIO_METHOD *bio_method(void)
{
    static GOnce once = G_ONCE_INIT;
    return g_once(&once, make_bio_method, NULL);
}

static gboolean fail_protocol(MpNetStatus *status)
{
    unsigned long error = ERR_peek_last_error();
    int reason = ERR_GET_REASON(error);
    const char *text = ERR_reason_error_string(error);
    ERR_clear_error();
    /* OpenSSL numbers alerts of the peer from here on. */
    MpNetOutcome outcome = reason > SSL_AD_REASON_OFFSET ? MP_NET_REFUSED : MP_NET_MALFORMED;
    return mp_net_fail(status, outcome, "TLS: %s", text ? text : "protocol error");
}

static gboolean fail_silent(const Tls *tls, MpNetStatus *status)
{
    if (SSL_is_init_finished(tls->ssl) || tls->received == 0)
        return FALSE;
    return mp_net_fail(status, MP_NET_MALFORMED,
                       "the TLS handshake was not complete at the deadline, after %" G_GSIZE_FORMAT
                       " bytes",
                       tls->received);
}

/* After an OpenSSL call that did not succeed: TRUE when it may be repeated. */
static gboolean may_repeat(Tls *tls, int result, const MpNetLimit *limit, MpNetStatus *status)
{
    int error = SSL_get_error(tls->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        if (mp_net_wait(mp_net_tcp_fd(tls->tcp), events, limit, status))
            return TRUE;
        return status->outcome == MP_NET_SILENT && fail_silent(tls, status);
    }
    if (tls->socket_error != 0) {
        ERR_clear_error();
        return mp_net_fail_errno(status, tls->socket_error);
    }
    if (tls->is_ended || error == SSL_ERROR_ZERO_RETURN) {
        ERR_clear_error();
        return mp_net_fail(status, MP_NET_RESET, "the server closed the connection");
    }
    return fail_protocol(status);
}

static void begin_call(Tls *tls, const MpNetLimit *limit)
{
    ERR_clear_error();
    tls->deadline = limit->deadline;
}

static gboolean tls_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    Tls *tls = (Tls *)transport;
    begin_call(tls, limit);
    for (;;) {
        int result = SSL_write(tls->ssl, message.data, (int)message.length);
        if (result > 0)
            return TRUE;
        if (!may_repeat(tls, result, limit, status))
            return FALSE;
    }
}

static gsize tls_read(MpNetTransport *transport, guint8 *buffer, gsize capacity,
                      const MpNetLimit *limit, MpNetStatus *status)
{
    Tls *tls = (Tls *)transport;
    begin_call(tls, limit);
    for (;;) {
        int result = SSL_read(tls->ssl, buffer, (int)capacity);
        if (result > 0)
            return (gsize)result;
        if (!may_repeat(tls, result, limit, status))
            return 0;
    }
}

static gboolean tls_receive(MpNetTransport *transport, MpBytes *message, const MpNetLimit *limit,
                            MpNetStatus *status)
{
    Tls *tls = (Tls *)transport;
    return mp_net_stream_receive(&tls->stream, transport, tls_read, message, limit, status);
}

static void tls_free(MpNetTransport *transport)
{
    Tls *tls = (Tls *)transport;
    if (tls->ssl && SSL_is_init_finished(tls->ssl)) {
        ERR_clear_error();
        SSL_shutdown(tls->ssl);
    }
    ERR_clear_error();
    SSL_free(tls->ssl);
    SSL_CTX_free(tls->context);
    mp_net_transport_free(tls->tcp);
    mp_net_stream_clear(&tls->stream);
    g_free(tls);
}

static const MpNetTransportMethods tls_methods = {
    .send = tls_send, .receive = tls_receive, .free = tls_free};

static Tls *tls_new(MpNetTransport *tcp)
{
    Tls *tls = g_new0(Tls, 1);
    tls->tcp = tcp;
    tls->stream = mp_net_stream_init();
    tls->transport = (MpNetTransport){
        .methods = &tls_methods, .is_stream = TRUE, .local = tcp->local, .peer = tcp->peer};
    return tls;
}

static gboolean prepare(Tls *tls, const char *server_name, const char *ca_file, MpNetStatus *status)
{
    ERR_clear_error();
    tls->context = SSL_CTX_new(TLS_client_method());
    if (!tls->context)
        return fail_protocol(status);
    if (!mp_tls_trust_load(tls->context, ca_file))
        return mp_net_fail(status, MP_NET_UNAVAILABLE, "%s holds no certificate in PEM form",
                           ca_file ? ca_file : "the system's store");
    /* The result is judged after the handshake, so that an untrusted chain can be shown. */
    SSL_CTX_set_verify(tls->context, SSL_VERIFY_NONE, NULL);

    tls->ssl = SSL_new(tls->context);
    BIO *bio = BIO_new(bio_method());
    if (!tls->ssl || !bio || !mp_tls_trust_demand_name(tls->ssl, server_name)) {
        BIO_free(bio);
        return fail_protocol(status);
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    return TRUE;
}

static gboolean shake_hands(Tls *tls, const MpNetLimit *limit, MpTlsReport *report,
                            MpNetStatus *status)
{
    begin_call(tls, limit);
    MpTime began = mp_clock_now();
    int result;
    while ((result = SSL_connect(tls->ssl)) != 1 && may_repeat(tls, result, limit, status))
        ;
    report->took = mp_clock_now() - began;
    if (result != 1)
        return FALSE;
    mp_tls_report_fill(report, tls->ssl);
    return SSL_get_verify_result(tls->ssl) == X509_V_OK ||
           mp_net_fail(status, MP_NET_INTERCEPTED, "%s", report->verify);
}

MpNetTransport *mp_net_tls_open(MpNetTransport *tcp, const char *server_name, const char *ca_file,
                                const MpNetLimit *limit, MpTlsReport *report, MpNetStatus *status)
{
    Tls *tls = tls_new(tcp);
    report->server_name = g_strdup(server_name);
    if (prepare(tls, server_name, ca_file, status) && shake_hands(tls, limit, report, status))
        return &tls->transport;
    tls_free(&tls->transport);
    return NULL;
}
