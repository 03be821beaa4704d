/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One DTLS 1.2 association over OpenSSL, datagram by datagram.
 */
#include "session/dtls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/clock.h"
#include "net/packet_tap.h"

/* IPv6 minimum 1280 - 40 - 8 - 36 for a TURN Send indication, rounded down. */
#define DTLS_MTU 1200

/* AES-GCM first: a fifth of the cost of AES-CM with HMAC-SHA1, which RFC 8827 makes mandatory. */
#define SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"

/* The first retransmission comes after 100 ms and the wait doubles up to 2 s: a lost flight must
 * not cost the default second. */
#define FIRST_RETRY_US 100000u
#define LAST_RETRY_US 2000000u

/* RFC 6347 section 4.1.1.1: a flight that is repeated without an answer goes in smaller pieces at
 * last. What every way carries: OpenSSL's own least. */
#define WHOLE_SENDS 3
#define SMALL_MTU 256

#define KEYING_LABEL "EXTRACTOR-dtls_srtp"

struct _MpDtlsSession {
    SSL_CTX *context;
    SSL *ssl;
    BIO *incoming; /* owned by ssl */
    char *wanted_fingerprint;
    char found_fingerprint[MP_DTLS_FINGERPRINT_TEXT];
    gboolean is_client;
    MpDtlsState state;
    MpDtlsPeer peer;
    char *failure;
    MpDtlsFlights flights;
    guint timeouts;
    MpDtlsSend send;
    gpointer user_data;
};

/* The outgoing side: one BIO_write is one datagram. A memory BIO would glue the datagrams of a
 * flight together. */
static int write_datagram(BIO *bio, const char *data, int length)
{
    MpDtlsSession *session = BIO_get_data(bio);
    mp_dtls_flights_note(&session->flights, TRUE, (const guint8 *)data, (gsize)length,
                         mp_clock_now());
    session->send((const guint8 *)data, (gsize)length, session->user_data);
    return length;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_FLUSH)
        return 1;
    return command == BIO_CTRL_DGRAM_QUERY_MTU ? DTLS_MTU : 0;
}

static int create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static const BIO_METHOD *datagram_method(void)
{
    static gsize method;
    if (g_once_init_enter(&method)) {
        BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram out");
        g_assert(made && BIO_meth_set_write(made, write_datagram) &&
                 BIO_meth_set_ctrl(made, control) && BIO_meth_set_create(made, create));
        g_once_init_leave(&method, (gsize)made);
    }
    return (const BIO_METHOD *)method;
}

/* Before each wait for an answer; `last_us` is 0 before a flight's first. OpenSSL also counts a
 * wait as over when a datagram comes shortly before its end. */
static guint retry_timer(SSL *ssl, guint last_us)
{
    MpDtlsSession *session = SSL_get_app_data(ssl);
    if (last_us > 0 && ++session->timeouts == WHOLE_SENDS)
        SSL_set_mtu(ssl, SMALL_MTU);
    return last_us == 0 ? FIRST_RETRY_US : MIN(last_us * 2, LAST_RETRY_US);
}

/* In place of OpenSSL's check of a chain. RFC 8122 section 6.2: the certificate must be the one
 * that was announced; the other end is told (RFC 5763 section 5). */
static int check_fingerprint(X509_STORE_CTX *store, void *user_data)
{
    MpDtlsSession *session = user_data;
    mp_dtls_fingerprint(X509_STORE_CTX_get0_cert(store), session->found_fingerprint);
    gboolean is_peer = g_str_equal(session->found_fingerprint, session->wanted_fingerprint);
    session->peer = is_peer ? MP_DTLS_PEER_CONFIRMED : MP_DTLS_PEER_MISMATCHED;
    if (!is_peer)
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return is_peer;
}

/* Alerts of the other end: `value` has level and description in a byte each. */
static void hear_alert(const SSL *ssl, int where, int value)
{
    MpDtlsSession *session = SSL_get_app_data(ssl);
    if (where == SSL_CB_READ_ALERT && (value & 0xff) == SSL_AD_BAD_CERTIFICATE)
        session->peer = MP_DTLS_PEER_REFUSES;
}

MpDtlsSession *mp_dtls_session_new(const MpDtlsIdentity *identity, gboolean is_client,
                                   const char *peer_fingerprint, MpDtlsSend send,
                                   gpointer user_data)
{
    MpDtlsSession *session = g_new0(MpDtlsSession, 1);
    session->wanted_fingerprint = g_ascii_strup(peer_fingerprint, -1);
    session->is_client = is_client;
    session->send = send;
    session->user_data = user_data;

    session->context = SSL_CTX_new(DTLS_method());
    g_assert(session->context);
    SSL_CTX_set_verify(session->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(session->context, check_fingerprint, session);
    SSL_CTX_set_info_callback(session->context, hear_alert);
    mp_packet_tap_log_keys(session->context);
    gboolean is_made = SSL_CTX_set_min_proto_version(session->context, DTLS1_2_VERSION) &&
                       mp_dtls_identity_use(identity, session->context) &&
                       SSL_CTX_set_tlsext_use_srtp(session->context, SRTP_PROFILES) == 0;
    g_assert(is_made);

    session->ssl = SSL_new(session->context);
    session->incoming = BIO_new(BIO_s_mem());
    BIO *outgoing = BIO_new(datagram_method());
    g_assert(session->ssl && session->incoming && outgoing);
    SSL_set_app_data(session->ssl, session);
    BIO_set_mem_eof_return(session->incoming, -1);
    BIO_set_data(outgoing, session);
    SSL_set_bio(session->ssl, session->incoming, outgoing);
    SSL_set_options(session->ssl, SSL_OP_NO_QUERY_MTU);
    DTLS_set_link_mtu(session->ssl, DTLS_MTU);
    DTLS_set_timer_cb(session->ssl, retry_timer);
    if (is_client)
        SSL_set_connect_state(session->ssl);
    else
        SSL_set_accept_state(session->ssl);
    return session;
}

void mp_dtls_session_free(MpDtlsSession *session)
{
    if (!session)
        return;
    SSL_free(session->ssl);
    SSL_CTX_free(session->context);
    g_free(session->wanted_fingerprint);
    g_free(session->failure);
    g_free(session);
}

static void fail(MpDtlsSession *session, const char *reason)
{
    session->state = MP_DTLS_FAILED;
    g_free(session->failure);
    session->failure = g_strdup(reason);
}

static void end_handshake(MpDtlsSession *session)
{
    if (SSL_get_selected_srtp_profile(session->ssl))
        session->state = MP_DTLS_CONNECTED;
    else
        fail(session, "no SRTP profile was agreed on");
}

static const char *failure_of(const MpDtlsSession *session)
{
    static const char *const failures[] = {
        [MP_DTLS_PEER_MISMATCHED] = "the certificate's fingerprint is not the one in the SDP",
        [MP_DTLS_PEER_REFUSES] = "the far end refuses our certificate",
    };
    if (session->peer >= MP_DTLS_PEER_MISMATCHED)
        return failures[session->peer];
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason ? reason : "handshake failed";
}

static void handle_error(MpDtlsSession *session, int result)
{
    int kind = SSL_get_error(session->ssl, result);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE)
        return;
    if (kind == SSL_ERROR_ZERO_RETURN) {
        session->state = MP_DTLS_CLOSED;
        return;
    }
    fail(session, failure_of(session));
}

static void run(MpDtlsSession *session)
{
    ERR_clear_error();
    if (session->state == MP_DTLS_HANDSHAKING) {
        int result = SSL_do_handshake(session->ssl);
        if (result == 1)
            end_handshake(session);
        else
            handle_error(session, result);
        return;
    }
    /* Afterwards only alerts and repeated flights come; no application data is expected. */
    guint8 unused[DTLS_MTU];
    int result = SSL_read(session->ssl, unused, sizeof unused);
    if (result <= 0 && session->state == MP_DTLS_CONNECTED)
        handle_error(session, result);
}

void mp_dtls_session_start(MpDtlsSession *session)
{
    if (session->is_client)
        run(session);
}

void mp_dtls_session_feed(MpDtlsSession *session, const guint8 *data, gsize length)
{
    if (session->state == MP_DTLS_FAILED || session->state == MP_DTLS_CLOSED)
        return;
    mp_dtls_flights_note(&session->flights, FALSE, data, length, mp_clock_now());
    /* A rest of the datagram before must not run into this one. */
    (void)BIO_reset(session->incoming);
    g_assert(length <= G_MAXINT);
    if (BIO_write(session->incoming, data, (int)length) == (int)length)
        run(session);
}

MpTime mp_dtls_session_wait(const MpDtlsSession *session)
{
    struct timeval left;
    if (session->state != MP_DTLS_HANDSHAKING || !DTLSv1_get_timeout(session->ssl, &left))
        return MP_NEVER;
    return MP_SEC(left.tv_sec) + MP_USEC(left.tv_usec);
}

void mp_dtls_session_advance(MpDtlsSession *session)
{
    if (session->state != MP_DTLS_HANDSHAKING)
        return;
    ERR_clear_error();
    if (DTLSv1_handle_timeout(session->ssl) < 0)
        fail(session, "too many retransmissions");
}

void mp_dtls_session_close(MpDtlsSession *session)
{
    if (session->state != MP_DTLS_CONNECTED)
        return;
    ERR_clear_error();
    SSL_shutdown(session->ssl);
    session->state = MP_DTLS_CLOSED;
}

MpDtlsState mp_dtls_session_state(const MpDtlsSession *session)
{
    return session->state;
}

const char *mp_dtls_session_failure(const MpDtlsSession *session)
{
    return session->failure;
}

MpDtlsPeer mp_dtls_session_peer(const MpDtlsSession *session)
{
    return session->peer;
}

const char *mp_dtls_session_found_fingerprint(const MpDtlsSession *session)
{
    return session->found_fingerprint;
}

const char *mp_dtls_session_wanted_fingerprint(const MpDtlsSession *session)
{
    return session->wanted_fingerprint;
}

const MpDtlsFlights *mp_dtls_session_flights(const MpDtlsSession *session)
{
    return &session->flights;
}

const char *mp_dtls_session_version(const MpDtlsSession *session)
{
    return SSL_get_version(session->ssl);
}

const char *mp_dtls_session_cipher(const MpDtlsSession *session)
{
    return SSL_get_cipher_name(session->ssl);
}

const char *mp_dtls_session_srtp_profile(const MpDtlsSession *session)
{
    SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(session->ssl);
    return profile ? profile->name : NULL;
}

gboolean mp_dtls_session_export_keys(const MpDtlsSession *session, guint8 *keys, gsize length)
{
    return session->state == MP_DTLS_CONNECTED &&
           SSL_export_keying_material(session->ssl, keys, length, KEYING_LABEL,
                                      strlen(KEYING_LABEL), NULL, 0, 0) == 1;
}
