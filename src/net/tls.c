/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TLS transport on OpenSSL. A BIO of our own carries the bytes, so that a write to a closed
 * connection raises no SIGPIPE and endless bytes do not keep OpenSSL busy past the deadline.
 */
#include "net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "net/stream.h"
#include "net/tcp.h"
#include "net/tls_client.h"

typedef struct {
    MpNetTransport transport;
    MpNetTransport *tcp;
    MpTlsClient client;
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

/* What lies there unread at the deadline was said in time: it was we who were slow. */
static gsize waiting_bytes(const Tls *tls)
{
    int waiting = 0;
    return ioctl(mp_net_tcp_fd(tls->tcp), FIONREAD, &waiting) == 0 ? (gsize)waiting : 0;
}

static gboolean fail_silent(const Tls *tls, MpNetStatus *status)
{
    const gsize received = tls->received + waiting_bytes(tls);
    if (SSL_is_init_finished(tls->client.ssl) || received == 0)
        return FALSE;
    return mp_net_fail(status, MP_NET_SILENT,
                       "the TLS handshake was not complete at the deadline, after %" G_GSIZE_FORMAT
                       " bytes",
                       received);
}

static gboolean may_repeat(gpointer transport, int error, const MpNetLimit *limit,
                           MpNetStatus *status)
{
    const Tls *tls = transport;
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
    return mp_tls_client_fail(&tls->client, status);
}

static void begin(gpointer transport, const MpNetLimit *limit)
{
    Tls *tls = transport;
    tls->deadline = limit->deadline;
}

static gsize bio_method;

static const MpTlsCarrier carrier = {.protocol = "TLS",
                                     .method = TLS_client_method,
                                     .read = bio_read,
                                     .write = bio_write,
                                     .control = bio_control,
                                     .begin = begin,
                                     .may_repeat = may_repeat,
                                     .bio_method = &bio_method};

static gboolean tls_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    Tls *tls = (Tls *)transport;
    return mp_tls_client_write(&tls->client, message, limit, status);
}

static gsize tls_read(MpNetTransport *transport, guint8 *buffer, gsize capacity,
                      const MpNetLimit *limit, MpNetStatus *status)
{
    Tls *tls = (Tls *)transport;
    return mp_tls_client_read(&tls->client, buffer, capacity, limit, status);
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
    mp_tls_client_clear(&tls->client);
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

MpNetTransport *mp_net_tls_open(MpNetTransport *tcp, const char *server_name, const char *ca_file,
                                const MpNetLimit *limit, MpTlsReport *report, MpNetStatus *status)
{
    Tls *tls = tls_new(tcp);
    report->server_name = g_strdup(server_name);
    if (mp_tls_client_init(&tls->client, &carrier, tls, server_name, ca_file, status) &&
        mp_tls_client_connect(&tls->client, limit, report, status))
        return &tls->transport;
    tls_free(&tls->transport);
    return NULL;
}
