/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A lab's certificate authority, made anew for every run and valid for two days.
 */
#include "lab/certificates.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"

/* Relative to now. A client whose clock is a little behind accepts what is valid too. */
static const struct {
    MpTime from;
    MpTime to;
} validities[] = {
    [MP_VALIDITY_NOW] = {-MP_SEC(3600), MP_SEC(2 * 86400)},
    [MP_VALIDITY_ENDED_YESTERDAY] = {-MP_SEC(30 * 86400), -MP_SEC(86400)},
    [MP_VALIDITY_BEGINS_TOMORROW] = {MP_SEC(86400), MP_SEC(30 * 86400)},
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_EXTENSION, X509_EXTENSION_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

struct _MpAuthority {
    EVP_PKEY *key;
    X509 *certificate;
};

static gboolean fail(const char *what, GError **error)
{
    char reason[256];
    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "cannot make the lab's %s: %s", what,
                reason);
    return FALSE;
}

static gboolean set_validity(X509 *certificate, MpValidity validity)
{
    MpTime now = mp_clock_realtime();
    return ASN1_TIME_set(X509_getm_notBefore(certificate),
                         (time_t)((now + validities[validity].from) / MP_SEC(1))) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate),
                         (time_t)((now + validities[validity].to) / MP_SEC(1)));
}

/* RFC 5280 section 4.1.2.2: positive, and unpredictable so that no two runs look alike. */
static gboolean set_serial(X509 *certificate)
{
    guint64 serial = (guint64)mp_random_u32() << 31 | mp_random_u32() >> 1 | 1;
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
}

static gboolean add_name(X509_NAME *name, const char *common_name)
{
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                                      (const unsigned char *)"mediapath lab", -1, -1, 0) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name,
                                      -1, -1, 0);
}

static gboolean add_extension(X509 *certificate, X509 *issuer, int id, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    g_autoptr(X509_EXTENSION) extension = X509V3_EXT_conf_nid(NULL, &context, id, value);
    return extension && X509_add_ext(certificate, extension, -1);
}

/* Version 3, times, serial, subject and key; neither issuer nor signature yet. */
static X509 *new_certificate(const char *common_name, MpValidity validity, EVP_PKEY *key)
{
    g_autoptr(X509) certificate = X509_new();
    if (!certificate || !X509_set_version(certificate, X509_VERSION_3) ||
        !set_serial(certificate) || !set_validity(certificate, validity) ||
        !add_name(X509_get_subject_name(certificate), common_name) ||
        !X509_set_pubkey(certificate, key))
        return NULL;
    return g_steal_pointer(&certificate);
}

static gboolean sign_itself(X509 *certificate, EVP_PKEY *key)
{
    return X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) &&
           add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign") &&
           add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
           X509_sign(certificate, key, EVP_sha256());
}

MpAuthority *mp_authority_new(const char *name, GError **error)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(X509) certificate = key ? new_certificate(name, MP_VALIDITY_NOW, key) : NULL;
    if (!certificate || !sign_itself(certificate, key)) {
        fail("certificate authority", error);
        return NULL;
    }
    MpAuthority *authority = g_new0(MpAuthority, 1);
    authority->key = g_steal_pointer(&key);
    authority->certificate = g_steal_pointer(&certificate);
    return authority;
}

void mp_authority_free(MpAuthority *authority)
{
    if (!authority)
        return;
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
    g_free(authority);
}

static char *alternative_names(const char *const *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; names[i]; i++)
        g_string_append_printf(text, "%s%s:%s", i ? "," : "",
                               g_hostname_is_ip_address(names[i]) ? "IP" : "DNS", names[i]);
    return g_string_free(text, FALSE);
}

static X509 *sign(const MpAuthority *authority, const char *const *names, MpValidity validity,
                  EVP_PKEY *key)
{
    g_autofree char *alternatives = alternative_names(names);
    X509 *issuer = authority->certificate;
    g_autoptr(X509) certificate = new_certificate(names[0], validity, key);
    if (!certificate || !X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) ||
        !add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") ||
        !add_extension(certificate, issuer, NID_subject_key_identifier, "hash") ||
        !add_extension(certificate, issuer, NID_authority_key_identifier, "keyid") ||
        !add_extension(certificate, issuer, NID_subject_alt_name, alternatives) ||
        !X509_sign(certificate, authority->key, EVP_sha256()))
        return NULL;
    return g_steal_pointer(&certificate);
}

static gboolean write_file(const char *path, BIO *pem, GError **error)
{
    char *text = NULL;
    long length = BIO_get_mem_data(pem, &text);
    return g_file_set_contents_full(path, text, length, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

static gboolean write_certificate(X509 *certificate, const char *path, GError **error)
{
    g_autoptr(BIO) pem = BIO_new(BIO_s_mem());
    if (!pem || !PEM_write_bio_X509(pem, certificate))
        return fail("certificate", error);
    return write_file(path, pem, error);
}

static gboolean write_key(EVP_PKEY *key, const char *path, GError **error)
{
    g_autoptr(BIO) pem = BIO_new(BIO_s_secmem());
    if (!pem || !PEM_write_bio_PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL))
        return fail("key", error);
    return write_file(path, pem, error);
}

gboolean mp_authority_write_certificate(const MpAuthority *authority, const char *path,
                                        GError **error)
{
    return write_certificate(authority->certificate, path, error);
}

gboolean mp_authority_write_key(const MpAuthority *authority, const char *path, GError **error)
{
    return write_key(authority->key, path, error);
}

gboolean mp_authority_issue(const MpAuthority *authority, const char *const *names,
                            MpValidity validity, const char *certificate_path, const char *key_path,
                            GError **error)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(X509) certificate = key ? sign(authority, names, validity, key) : NULL;
    if (!certificate)
        return fail("server certificate", error);
    return write_certificate(certificate, certificate_path, error) &&
           write_key(key, key_path, error);
}
