/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One DTLS 1.2 association over OpenSSL, datagram by datagram.
 */
#include "session/dtls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

/* IPv6 minimum 1280 - 40 - 8 - 36 for a TURN Send indication, rounded down. */
#define DTLS_MTU 1200

/* AES-GCM first: a fifth of the cost of AES-CM with HMAC-SHA1, which RFC 8827 makes mandatory. */
#define SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"

/* The first retransmission comes after 100 ms and the wait doubles up to 2 s: a lost flight must
 * not cost the default second. */
#define FIRST_RETRY_US 100000u
#define LAST_RETRY_US 2000000u

#define KEYING_LABEL "EXTRACTOR-dtls_srtp"
#define FINGERPRINT_TEXT (32 * 3)
/* Valid from a day ago, for clocks that differ, for a month. */
#define DAY_SECONDS 86400L

struct _MpDtlsIdentity {
    X509 *certificate;
    EVP_PKEY *key;
    char fingerprint[FINGERPRINT_TEXT];
};

struct _MpDtlsSession {
    SSL_CTX *context;
    SSL *ssl;
    BIO *incoming; /* owned by ssl */
    char *peer_fingerprint;
    gboolean is_client;
    MpDtlsState state;
    char *failure;
    MpDtlsSend send;
    gpointer user_data;
};

static void format_fingerprint(const X509 *certificate, char text[FINGERPRINT_TEXT])
{
    guint8 digest[EVP_MAX_MD_SIZE];
    guint length = 0;
    g_assert(X509_digest(certificate, EVP_sha256(), digest, &length) == 1 && length == 32);
    for (guint i = 0; i < length; i++)
        g_snprintf(text + (gsize)3 * i, 4, i + 1 < length ? "%02X:" : "%02X", digest[i]);
}

MpDtlsIdentity *mp_dtls_identity_new(void)
{
    MpDtlsIdentity *identity = g_new0(MpDtlsIdentity, 1);
    identity->key = EVP_EC_gen("P-256");
    identity->certificate = X509_new();
    g_assert(identity->key && identity->certificate);

    X509 *certificate = identity->certificate;
    X509_NAME *name = X509_get_subject_name(certificate);
    gboolean is_made = X509_set_version(certificate, X509_VERSION_3) &&
                       ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
                       X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_SECONDS) &&
                       X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * DAY_SECONDS) &&
                       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                  (const guchar *)"mediapath", -1, -1, 0) &&
                       X509_set_issuer_name(certificate, name) &&
                       X509_set_pubkey(certificate, identity->key) &&
                       X509_sign(certificate, identity->key, EVP_sha256()) > 0;
    g_assert(is_made);
    format_fingerprint(certificate, identity->fingerprint);
    return identity;
}

void mp_dtls_identity_free(MpDtlsIdentity *identity)
{
    if (!identity)
        return;
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
    g_free(identity);
}

const char *mp_dtls_identity_fingerprint(const MpDtlsIdentity *identity)
{
    return identity->fingerprint;
}

/* The outgoing side: one BIO_write is one datagram. A memory BIO would glue the datagrams of a
 * flight together. */
static int write_datagram(BIO *bio, const char *data, int length)
{
    MpDtlsSession *session = BIO_get_data(bio);
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

static guint retry_timer(SSL *ssl, guint last_us)
{
    (void)ssl;
    return last_us == 0 ? FIRST_RETRY_US : MIN(last_us * 2, LAST_RETRY_US);
}

/* Any certificate passes here: the fingerprint is compared after the handshake (RFC 8122). */
static int accept_any(int is_ok, X509_STORE_CTX *store)
{
    (void)is_ok;
    (void)store;
    return 1;
}

MpDtlsSession *mp_dtls_session_new(const MpDtlsIdentity *identity, gboolean is_client,
                                   const char *peer_fingerprint, MpDtlsSend send,
                                   gpointer user_data)
{
    MpDtlsSession *session = g_new0(MpDtlsSession, 1);
    session->peer_fingerprint = g_ascii_strup(peer_fingerprint, -1);
    session->is_client = is_client;
    session->send = send;
    session->user_data = user_data;

    session->context = SSL_CTX_new(DTLS_method());
    g_assert(session->context);
    SSL_CTX_set_verify(session->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       accept_any);
    gboolean is_made = SSL_CTX_set_min_proto_version(session->context, DTLS1_2_VERSION) &&
                       SSL_CTX_use_certificate(session->context, identity->certificate) == 1 &&
                       SSL_CTX_use_PrivateKey(session->context, identity->key) == 1 &&
                       SSL_CTX_set_tlsext_use_srtp(session->context, SRTP_PROFILES) == 0;
    g_assert(is_made);

    session->ssl = SSL_new(session->context);
    session->incoming = BIO_new(BIO_s_mem());
    BIO *outgoing = BIO_new(datagram_method());
    g_assert(session->ssl && session->incoming && outgoing);
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
    g_free(session->peer_fingerprint);
    g_free(session->failure);
    g_free(session);
}

static void fail(MpDtlsSession *session, const char *reason)
{
    session->state = MP_DTLS_FAILED;
    g_free(session->failure);
    session->failure = g_strdup(reason);
}

static void check_peer(MpDtlsSession *session)
{
    X509 *certificate = SSL_get0_peer_certificate(session->ssl);
    char fingerprint[FINGERPRINT_TEXT] = "";
    if (certificate)
        format_fingerprint(certificate, fingerprint);
    if (strcmp(fingerprint, session->peer_fingerprint) != 0)
        fail(session, "the certificate's fingerprint is not the one in the SDP");
    else if (!SSL_get_selected_srtp_profile(session->ssl))
        fail(session, "no SRTP profile was agreed on");
    else
        session->state = MP_DTLS_CONNECTED;
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
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    fail(session, reason ? reason : "handshake failed");
}

static void run(MpDtlsSession *session)
{
    ERR_clear_error();
    if (session->state == MP_DTLS_HANDSHAKING) {
        int result = SSL_do_handshake(session->ssl);
        if (result == 1)
            check_peer(session);
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
    ERR_clear_error();
    if (session->state == MP_DTLS_HANDSHAKING && DTLSv1_handle_timeout(session->ssl) < 0)
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
