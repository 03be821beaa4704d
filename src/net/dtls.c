/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The DTLS transport on OpenSSL. A BIO of our own hands it one datagram at a time, so that the wait
 * for each, with its ICMP errors and its deadline, stays the UDP transport's.
 */
#include "net/dtls.h"

#include <openssl/err.h>
#include <string.h>

#include "base/clock.h"
#include "net/tls_client.h"

/* Flights are cut to this, so that no tunnel on the way has to: RFC 8656 section 2.7's advice of
 * 1,280 bytes less the headers of IPv6 and UDP. */
#define LINK_MTU 1232
#define MAX_DATAGRAM 65536

typedef struct {
    MpNetTransport transport;
    MpNetTransport *udp;
    MpTlsClient client;
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

/* Waits for a datagram or for the moment to send the last flight again. FALSE: it is over. */
static gboolean await_datagram(Dtls *dtls, const MpNetLimit *limit, MpNetStatus *status)
{
    struct timeval left;
    MpNetLimit until = *limit;
    gboolean is_timed = DTLSv1_get_timeout(dtls->client.ssl, &left) == 1;
    if (is_timed)
        until.deadline = MIN(limit->deadline,
                             mp_clock_now() + MP_SEC(left.tv_sec) + MP_USEC(left.tv_usec));
    if (mp_net_transport_receive(dtls->udp, &dtls->arrived, &until, status))
        return TRUE;
    if (status->outcome != MP_NET_SILENT || until.deadline == limit->deadline)
        return FALSE;
    ERR_clear_error();
    return DTLSv1_handle_timeout(dtls->client.ssl) >= 0 ||
           mp_net_fail(status, MP_NET_SILENT, "no answer to any flight of the handshake");
}

static gboolean may_repeat(gpointer transport, int error, const MpNetLimit *limit,
                           MpNetStatus *status)
{
    Dtls *dtls = transport;
    if (dtls->sent.outcome != MP_NET_DONE) {
        *status = dtls->sent;
        return FALSE;
    }
    if (error == SSL_ERROR_WANT_READ)
        return await_datagram(dtls, limit, status);
    if (error == SSL_ERROR_ZERO_RETURN)
        return mp_net_fail(status, MP_NET_RESET, "the server closed the connection");
    return mp_tls_client_fail(&dtls->client, status);
}

static void begin(gpointer transport, const MpNetLimit *limit)
{
    Dtls *dtls = transport;
    dtls->limit = limit;
    dtls->sent = (MpNetStatus){.outcome = MP_NET_DONE};
}

static gsize bio_method;

static const MpTlsCarrier carrier = {.protocol = "DTLS",
                                     .method = DTLS_client_method,
                                     .read = bio_read,
                                     .write = bio_write,
                                     .control = bio_control,
                                     .begin = begin,
                                     .may_repeat = may_repeat,
                                     .bio_method = &bio_method};

static gboolean dtls_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                          MpNetStatus *status)
{
    Dtls *dtls = (Dtls *)transport;
    return mp_tls_client_write(&dtls->client, message, limit, status);
}

static gboolean dtls_receive(MpNetTransport *transport, MpBytes *message, const MpNetLimit *limit,
                             MpNetStatus *status)
{
    Dtls *dtls = (Dtls *)transport;
    gsize length = mp_tls_client_read(&dtls->client, dtls->message, sizeof dtls->message, limit,
                                      status);
    if (length > 0)
        *message = (MpBytes){dtls->message, length};
    return length > 0;
}

static void dtls_free(MpNetTransport *transport)
{
    Dtls *dtls = (Dtls *)transport;
    /* For the close_notify, which need not arrive. */
    MpNetLimit soon = {.deadline = mp_clock_now() + MP_MSEC(10)};
    begin(dtls, &soon);
    mp_tls_client_clear(&dtls->client);
    mp_net_transport_free(dtls->udp);
    g_free(dtls);
}

static const MpNetTransportMethods dtls_methods = {
    .send = dtls_send, .receive = dtls_receive, .free = dtls_free};

static gboolean prepare(Dtls *dtls, const char *server_name, const char *ca_file,
                        MpNetStatus *status)
{
    if (!mp_tls_client_init(&dtls->client, &carrier, dtls, server_name, ca_file, status))
        return FALSE;
    SSL_set_min_proto_version(dtls->client.ssl, DTLS1_2_VERSION);
    SSL_set_options(dtls->client.ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(dtls->client.ssl, LINK_MTU);
    return TRUE;
}

MpNetTransport *mp_net_dtls_open(MpNetTransport *udp, const char *server_name, const char *ca_file,
                                 const MpNetLimit *limit, MpTlsReport *report, MpNetStatus *status)
{
    Dtls *dtls = g_new0(Dtls, 1);
    dtls->udp = udp;
    dtls->transport = (MpNetTransport){
        .methods = &dtls_methods, .local = udp->local, .peer = udp->peer};
    report->server_name = g_strdup(server_name);
    if (prepare(dtls, server_name, ca_file, status) &&
        mp_tls_client_connect(&dtls->client, limit, report, status))
        return &dtls->transport;
    dtls_free(&dtls->transport);
    return NULL;
}
