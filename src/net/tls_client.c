/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * OpenSSL's client end on a BIO of our own.
 */
#include "net/tls_client.h"

#include <openssl/err.h>

#include "base/clock.h"
#include "net/packet_tap.h"
#include "net/tls_report.h"
#include "net/tls_trust.h"

static const BIO_METHOD *bio_method(const MpTlsCarrier *carrier)
{
    if (g_once_init_enter(carrier->bio_method)) {
        BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                                          carrier->protocol);
        BIO_meth_set_read(method, carrier->read);
        BIO_meth_set_write(method, carrier->write);
        BIO_meth_set_ctrl(method, carrier->control);
        g_once_init_leave(carrier->bio_method, (gsize)method);
    }
    return (const BIO_METHOD *)*carrier->bio_method;
}

gboolean mp_tls_client_fail(const MpTlsClient *client, MpNetStatus *status)
{
    unsigned long error = ERR_peek_last_error();
    const char *text = ERR_reason_error_string(error);
    ERR_clear_error();
    /* OpenSSL numbers alerts of the peer from here on. */
    MpNetOutcome outcome = ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET ? MP_NET_REFUSED
                                                                        : MP_NET_MALFORMED;
    return mp_net_fail(status, outcome, "%s: %s", client->carrier->protocol,
                       text ? text : "protocol error");
}

gboolean mp_tls_client_init(MpTlsClient *client, const MpTlsCarrier *carrier, gpointer transport,
                            const char *server_name, const char *ca_file, MpNetStatus *status)
{
    *client = (MpTlsClient){.carrier = carrier, .transport = transport};
    ERR_clear_error();
    client->context = SSL_CTX_new(carrier->method());
    if (!client->context)
        return mp_tls_client_fail(client, status);
    if (!mp_tls_trust_load(client->context, ca_file))
        return mp_net_fail(status, MP_NET_UNAVAILABLE, "%s holds no certificate in PEM form",
                           ca_file ? ca_file : "the system's store");
    /* The result is judged after the handshake, so that an untrusted chain can be shown. */
    SSL_CTX_set_verify(client->context, SSL_VERIFY_NONE, NULL);
    mp_packet_tap_log_keys(client->context);

    client->ssl = SSL_new(client->context);
    BIO *bio = BIO_new(bio_method(carrier));
    if (!client->ssl || !bio || !mp_tls_trust_demand_name(client->ssl, server_name)) {
        BIO_free(bio);
        return mp_tls_client_fail(client, status);
    }
    BIO_set_data(bio, transport);
    BIO_set_init(bio, 1);
    SSL_set_bio(client->ssl, bio, bio);
    return TRUE;
}

static void begin(MpTlsClient *client, const MpNetLimit *limit)
{
    ERR_clear_error();
    client->carrier->begin(client->transport, limit);
}

static gboolean may_repeat(MpTlsClient *client, int result, const MpNetLimit *limit,
                           MpNetStatus *status)
{
    return client->carrier->may_repeat(client->transport, SSL_get_error(client->ssl, result), limit,
                                       status);
}

gboolean mp_tls_client_connect(MpTlsClient *client, const MpNetLimit *limit, MpTlsReport *report,
                               MpNetStatus *status)
{
    begin(client, limit);
    MpTime began = mp_clock_now();
    int result;
    while ((result = SSL_connect(client->ssl)) != 1 && may_repeat(client, result, limit, status))
        ;
    report->took = mp_clock_now() - began;
    if (result != 1)
        return FALSE;
    mp_tls_report_fill(report, client->ssl);
    return SSL_get_verify_result(client->ssl) == X509_V_OK ||
           mp_net_fail(status, MP_NET_INTERCEPTED, "%s", report->verify);
}

gboolean mp_tls_client_write(MpTlsClient *client, MpBytes message, const MpNetLimit *limit,
                             MpNetStatus *status)
{
    begin(client, limit);
    for (;;) {
        int result = SSL_write(client->ssl, message.data, (int)message.length);
        if (result > 0)
            return TRUE;
        if (!may_repeat(client, result, limit, status))
            return FALSE;
    }
}

gsize mp_tls_client_read(MpTlsClient *client, guint8 *buffer, gsize capacity,
                         const MpNetLimit *limit, MpNetStatus *status)
{
    begin(client, limit);
    for (;;) {
        int result = SSL_read(client->ssl, buffer, (int)capacity);
        if (result > 0)
            return (gsize)result;
        if (!may_repeat(client, result, limit, status))
            return 0;
    }
}

void mp_tls_client_clear(MpTlsClient *client)
{
    ERR_clear_error();
    if (client->ssl && SSL_is_init_finished(client->ssl))
        SSL_shutdown(client->ssl);
    ERR_clear_error();
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    *client = (MpTlsClient){0};
}
