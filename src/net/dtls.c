/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The DTLS transport on OpenSSL. A BIO of our own hands it one datagram at a time, so that the wait
 * for each, with its ICMP errors and its deadline, stays the UDP transport's.
 */
#include "net/dtls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/clock.h"
#include "net/tls_report.h"
#include "net/tls_trust.h"

/* Flights are cut to this, so that no tunnel on the way has to: RFC 8656 section 2.7's advice of
 * 1,280 bytes less the headers of IPv6 and UDP. */
#define LINK_MTU 1232
#define MAX_DATAGRAM 65536

typedef struct {
    MpNetTransport transport;
    MpNetTransport *udp;
    SSL_CTX *context;
    SSL *ssl;
    MpBytes arrived;  /* a datagram that OpenSSL has not read yet; length 0: none */
    MpNetStatus sent; /* of the last write */
    const MpNetLimit *limit;
    guint8 message[MAX_DATAGRAM];
} Dtls;

static int bio_read(BIO *bio, char *buffer, int capacity)
{
    Dtls *dtls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (dtls->arrived.length == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    gsize length = MIN(dtls->arrived.length, (gsize)capacity);
    memcpy(buffer, dtls->arrived.data, length);
    dtls->arrived.length = 0;
    return (int)length;
}

static int bio_write(BIO *bio, const char *data, int length)
{
    Dtls *dtls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    MpBytes message = {(const guint8 *)data, (gsize)length};
    return mp_net_transport_send(dtls->udp, message, dtls->limit, &dtls->sent) ? length : -1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return LINK_MTU;
    default:
        return 0;
    }
}

static gpointer make_bio_method(gpointer unused)
{
    (void)unused;
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                                      "mediapath datagram");
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
    const char *text = ERR_reason_error_string(error);
    /* OpenSSL numbers alerts of the peer from here on. */
    MpNetOutcome outcome = ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET ? MP_NET_REFUSED
                                                                        : MP_NET_MALFORMED;
    ERR_clear_error();
    return mp_net_fail(status, outcome, "DTLS: %s", text ? text : "protocol error");
}

/* Waits for a datagram or for the moment to send the last flight again. FALSE: it is over. */
static gboolean await_datagram(Dtls *dtls, const MpNetLimit *limit, MpNetStatus *status)
{
    struct timeval left;
    MpNetLimit until = *limit;
    gboolean is_timed = DTLSv1_get_timeout(dtls->ssl, &left) == 1;
    if (is_timed)
        until.deadline = MIN(limit->deadline,
                             mp_clock_now() + MP_SEC(left.tv_sec) + MP_USEC(left.tv_usec));
    if (mp_net_transport_receive(dtls->udp, &dtls->arrived, &until, status))
        return TRUE;
    if (status->outcome != MP_NET_SILENT || until.deadline == limit->deadline)
        return FALSE;
    ERR_clear_error();
    return DTLSv1_handle_timeout(dtls->ssl) >= 0 ||
           mp_net_fail(status, MP_NET_SILENT, "no answer to any flight of the handshake");
}

/* After an OpenSSL call that did not succeed: TRUE when it may be repeated. */
static gboolean may_repeat(Dtls *dtls, int result, const MpNetLimit *limit, MpNetStatus *status)
{
    int error = SSL_get_error(dtls->ssl, result);
    if (dtls->sent.outcome != MP_NET_DONE) {
        *status = dtls->sent;
        return FALSE;
    }
    if (error == SSL_ERROR_WANT_READ)
        return await_datagram(dtls, limit, status);
    if (error == SSL_ERROR_ZERO_RETURN)
        return mp_net_fail(status, MP_NET_RESET, "the server closed the connection");
    return fail_protocol(status);
}

static void begin_call(Dtls *dtls, const MpNetLimit *limit)
{
    ERR_clear_error();
    dtls->limit = limit;
    dtls->sent = (MpNetStatus){.outcome = MP_NET_DONE};
}

static gboolean dtls_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                          MpNetStatus *status)
{
    Dtls *dtls = (Dtls *)transport;
    begin_call(dtls, limit);
    for (;;) {
        int result = SSL_write(dtls->ssl, message.data, (int)message.length);
        if (result > 0)
            return TRUE;
        if (!may_repeat(dtls, result, limit, status))
            return FALSE;
    }
}

static gboolean dtls_receive(MpNetTransport *transport, MpBytes *message, const MpNetLimit *limit,
                             MpNetStatus *status)
{
    Dtls *dtls = (Dtls *)transport;
    begin_call(dtls, limit);
    for (;;) {
        int result = SSL_read(dtls->ssl, dtls->message, sizeof dtls->message);
        if (result > 0) {
            *message = (MpBytes){dtls->message, (gsize)result};
            return TRUE;
        }
        if (!may_repeat(dtls, result, limit, status))
            return FALSE;
    }
}

static void dtls_free(MpNetTransport *transport)
{
    Dtls *dtls = (Dtls *)transport;
    /* For the close_notify, which need not arrive. */
    MpNetLimit soon = {.deadline = mp_clock_now() + MP_MSEC(10)};
    begin_call(dtls, &soon);
    if (dtls->ssl && SSL_is_init_finished(dtls->ssl))
        SSL_shutdown(dtls->ssl);
    ERR_clear_error();
    SSL_free(dtls->ssl);
    SSL_CTX_free(dtls->context);
    mp_net_transport_free(dtls->udp);
    g_free(dtls);
}

static const MpNetTransportMethods dtls_methods = {
    .send = dtls_send, .receive = dtls_receive, .free = dtls_free};

static gboolean prepare(Dtls *dtls, const char *server_name, const char *ca_file,
                        MpNetStatus *status)
{
    ERR_clear_error();
    dtls->context = SSL_CTX_new(DTLS_client_method());
    if (!dtls->context)
        return fail_protocol(status);
    if (!mp_tls_trust_load(dtls->context, ca_file))
        return mp_net_fail(status, MP_NET_UNAVAILABLE, "%s holds no certificate in PEM form",
                           ca_file ? ca_file : "the system's store");
    SSL_CTX_set_min_proto_version(dtls->context, DTLS1_2_VERSION);
    /* The result is judged after the handshake, so that an untrusted chain can be shown. */
    SSL_CTX_set_verify(dtls->context, SSL_VERIFY_NONE, NULL);

    dtls->ssl = SSL_new(dtls->context);
    BIO *bio = BIO_new(bio_method());
    if (!dtls->ssl || !bio || !mp_tls_trust_demand_name(dtls->ssl, server_name)) {
        BIO_free(bio);
        return fail_protocol(status);
    }
    BIO_set_data(bio, dtls);
    BIO_set_init(bio, 1);
    SSL_set_bio(dtls->ssl, bio, bio);
    SSL_set_options(dtls->ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(dtls->ssl, LINK_MTU);
    return TRUE;
}

static gboolean shake_hands(Dtls *dtls, const MpNetLimit *limit, MpTlsReport *report,
                            MpNetStatus *status)
{
    begin_call(dtls, limit);
    MpTime began = mp_clock_now();
    int result;
    while ((result = SSL_connect(dtls->ssl)) != 1 && may_repeat(dtls, result, limit, status))
        ;
    report->took = mp_clock_now() - began;
    if (result != 1)
        return FALSE;
    mp_tls_report_fill(report, dtls->ssl);
    return SSL_get_verify_result(dtls->ssl) == X509_V_OK ||
           mp_net_fail(status, MP_NET_INTERCEPTED, "%s", report->verify);
}

MpNetTransport *mp_net_dtls_open(MpNetTransport *udp, const char *server_name, const char *ca_file,
                                 const MpNetLimit *limit, MpTlsReport *report, MpNetStatus *status)
{
    Dtls *dtls = g_new0(Dtls, 1);
    dtls->udp = udp;
    dtls->transport = (MpNetTransport){
        .methods = &dtls_methods, .local = udp->local, .peer = udp->peer};
    report->server_name = g_strdup(server_name);
    if (prepare(dtls, server_name, ca_file, status) && shake_hands(dtls, limit, report, status))
        return &dtls->transport;
    dtls_free(&dtls->transport);
    return NULL;
}
