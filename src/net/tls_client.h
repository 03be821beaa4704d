/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What TLS over TCP and DTLS over UDP have in common: OpenSSL's client end on a BIO of our own, its
 * handshake, and when a call of OpenSSL's is repeated.
 */
#pragma once

#include <openssl/ssl.h>

#include "net/tls.h"

/* How one kind of transport carries it; `transport` is the MpTlsClient's. */
typedef struct {
    const char *protocol; /* "TLS" or "DTLS", in what is said of failures */
    const SSL_METHOD *(*method)(void);
    int (*read)(BIO *bio, char *buffer, int capacity);
    int (*write)(BIO *bio, const char *data, int length);
    long (*control)(BIO *bio, int command, long number, void *pointer);
    /* Before each call. */
    void (*begin)(gpointer transport, const MpNetLimit *limit);
    /* After a call of OpenSSL's that gave `error` of SSL_get_error(): TRUE when it may be repeated;
     * FALSE with the status. */
    gboolean (*may_repeat)(gpointer transport, int error, const MpNetLimit *limit,
                           MpNetStatus *status);
    gsize *bio_method; /* 0; OpenSSL's table of the above, made once and kept */
} MpTlsCarrier;

/* Zero: nothing. */
typedef struct {
    const MpTlsCarrier *carrier;
    gpointer transport; /* as BIO_get_data() gives it */
    SSL_CTX *context;
    SSL *ssl;
} MpTlsClient;

/* Makes the client's end for one server; shakes no hands yet. */
gboolean mp_tls_client_init(MpTlsClient *client, const MpTlsCarrier *carrier, gpointer transport,
                            const char *server_name, const char *ca_file, MpNetStatus *status);
/* The handshake, and whether the certificate is the server's, as mp_net_tls_open() has it. */
gboolean mp_tls_client_connect(MpTlsClient *client, const MpNetLimit *limit, MpTlsReport *report,
                               MpNetStatus *status);
gboolean mp_tls_client_write(MpTlsClient *client, MpBytes message, const MpNetLimit *limit,
                             MpNetStatus *status);
/* 0 with the status: nothing came. */
gsize mp_tls_client_read(MpTlsClient *client, guint8 *buffer, gsize capacity,
                         const MpNetLimit *limit, MpNetStatus *status);
/* FALSE with what OpenSSL says that is wrong. */
gboolean mp_tls_client_fail(const MpTlsClient *client, MpNetStatus *status);
/* Says good-bye where hands were shaken. */
void mp_tls_client_clear(MpTlsClient *client);
