/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A self-signed certificate for one session.
 */
#include "session/dtls_identity.h"

#include <openssl/evp.h>

/* Valid from a day ago, for clocks that differ, for a month. */
#define DAY_SECONDS 86400L

struct _MpDtlsIdentity {
    X509 *certificate;
    EVP_PKEY *key;
    char fingerprint[MP_DTLS_FINGERPRINT_TEXT];
};

void mp_dtls_fingerprint(const X509 *certificate, char text[MP_DTLS_FINGERPRINT_TEXT])
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
    mp_dtls_fingerprint(certificate, identity->fingerprint);
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

gboolean mp_dtls_identity_use(const MpDtlsIdentity *identity, SSL_CTX *context)
{
    return SSL_CTX_use_certificate(context, identity->certificate) == 1 &&
           SSL_CTX_use_PrivateKey(context, identity->key) == 1;
}
