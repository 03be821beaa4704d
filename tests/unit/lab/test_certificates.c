/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lab's certificates, judged by OpenSSL as a client would judge them.
 */
#include "lab/certificates.h"

#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"

static const char *const names[] = {"turn.lab.mediapath.test", "168.100.64.10", NULL};

typedef struct {
    char *directory;
    char *ca;
    char *certificate;
    char *key;
} Files;

static void set_up(Files *files, gconstpointer data)
{
    (void)data;
    files->directory = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    g_assert_nonnull(files->directory);
    files->ca = g_build_filename(files->directory, "ca.pem", NULL);
    files->certificate = g_build_filename(files->directory, "server.pem", NULL);
    files->key = g_build_filename(files->directory, "key.pem", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpAuthority) authority = mp_authority_new("test", &error);
    g_assert_no_error(error);
    g_assert_true(mp_authority_write_certificate(authority, files->ca, &error));
    g_assert_true(mp_authority_issue(authority, names, MP_VALIDITY_NOW, files->certificate,
                                     files->key, &error));
}

static void tear_down(Files *files, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(g_remove(files->ca), ==, 0);
    g_assert_cmpint(g_remove(files->certificate), ==, 0);
    g_assert_cmpint(g_remove(files->key), ==, 0);
    g_assert_cmpint(g_rmdir(files->directory), ==, 0);
    g_free(files->directory);
    g_free(files->ca);
    g_free(files->certificate);
    g_free(files->key);
}

static X509 *read_certificate(const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
    BIO_free(file);
    g_assert_nonnull(certificate);
    return certificate;
}

static int verify(const char *ca, X509 *certificate)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    g_assert_cmpint(X509_STORE_load_file(store, ca), ==, 1);
    g_assert_cmpint(X509_STORE_CTX_init(context, store, certificate, NULL), ==, 1);
    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    (void)X509_verify_cert(context);
    int code = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return code;
}

static void a_client_that_trusts_the_authority_accepts(Files *files, gconstpointer data)
{
    (void)data;
    X509 *certificate = read_certificate(files->certificate);
    g_assert_cmpint(verify(files->ca, certificate), ==, X509_V_OK);
    X509_free(certificate);
}

static void another_authority_is_not_trusted(Files *files, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpAuthority) other = mp_authority_new("test", &error);
    g_assert_no_error(error);
    g_assert_true(mp_authority_write_certificate(other, files->ca, &error));
    X509 *certificate = read_certificate(files->certificate);
    g_assert_cmpint(verify(files->ca, certificate), !=, X509_V_OK);
    X509_free(certificate);
}

/* RFC 6125 section 6.4: a DNS name matches as a name, an address as an address. */
static void it_is_for_every_name_and_for_no_other(Files *files, gconstpointer data)
{
    (void)data;
    X509 *certificate = read_certificate(files->certificate);
    g_assert_cmpint(X509_check_host(certificate, names[0], 0, 0, NULL), ==, 1);
    g_assert_cmpint(X509_check_host(certificate, "other.mediapath.test", 0, 0, NULL), ==, 0);
    g_assert_cmpint(X509_check_ip_asc(certificate, names[1], 0), ==, 1);
    g_assert_cmpint(X509_check_ip_asc(certificate, "168.100.64.11", 0), ==, 0);
    X509_free(certificate);
}

static void the_key_is_its_own_and_nobody_else_may_read_it(Files *files, gconstpointer data)
{
    (void)data;
    BIO *file = BIO_new_file(files->key, "r");
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
    X509 *certificate = read_certificate(files->certificate);
    g_assert_cmpint(X509_check_private_key(certificate, key), ==, 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(file);

    GStatBuf status;
    g_assert_cmpint(g_stat(files->key, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

static void every_run_has_its_own(Files *files, gconstpointer data)
{
    (void)data;
    Files others;
    set_up(&others, NULL);
    X509 *one = read_certificate(files->certificate);
    X509 *other = read_certificate(others.certificate);
    g_assert_cmpint(ASN1_INTEGER_cmp(X509_get0_serialNumber(one), X509_get0_serialNumber(other)),
                    !=, 0);
    X509_free(one);
    X509_free(other);
    tear_down(&others, NULL);
}

static void one_that_ended_yesterday_is_expired(Files *files, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpAuthority) authority = mp_authority_new("test", &error);
    g_assert_true(mp_authority_write_certificate(authority, files->ca, &error));
    g_assert_true(mp_authority_issue(authority, names, MP_VALIDITY_ENDED_YESTERDAY,
                                     files->certificate, files->key, &error));
    X509 *certificate = read_certificate(files->certificate);
    g_assert_cmpint(verify(files->ca, certificate), ==, X509_V_ERR_CERT_HAS_EXPIRED);
    X509_free(certificate);
}

static void one_that_begins_tomorrow_is_not_yet_valid(Files *files, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpAuthority) authority = mp_authority_new("test", &error);
    g_assert_true(mp_authority_write_certificate(authority, files->ca, &error));
    g_assert_true(mp_authority_issue(authority, names, MP_VALIDITY_BEGINS_TOMORROW,
                                     files->certificate, files->key, &error));
    X509 *certificate = read_certificate(files->certificate);
    g_assert_cmpint(verify(files->ca, certificate), ==, X509_V_ERR_CERT_NOT_YET_VALID);
    X509_free(certificate);
}

static void a_server_can_sign_in_the_authoritys_name(Files *files, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpAuthority) authority = mp_authority_new("test", &error);
    g_assert_true(mp_authority_write_certificate(authority, files->ca, &error));
    g_assert_true(mp_authority_write_key(authority, files->key, &error));
    BIO *file = BIO_new_file(files->key, "r");
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
    X509 *certificate = read_certificate(files->ca);
    g_assert_cmpint(X509_check_private_key(certificate, key), ==, 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(file);
}

static void a_place_that_cannot_be_written_is_an_error(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpAuthority) authority = mp_authority_new("test", &error);
    g_assert_no_error(error);
    g_assert_false(mp_authority_write_certificate(authority, "/nonexistent/ca.pem", &error));
    g_assert_nonnull(error);
}

static void add(const char *path, void (*test)(Files *, gconstpointer))
{
    g_test_add(path, Files, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/lab/certificates/trusted", a_client_that_trusts_the_authority_accepts);
    add("/lab/certificates/foreign", another_authority_is_not_trusted);
    add("/lab/certificates/names", it_is_for_every_name_and_for_no_other);
    add("/lab/certificates/key", the_key_is_its_own_and_nobody_else_may_read_it);
    add("/lab/certificates/fresh", every_run_has_its_own);
    add("/lab/certificates/expired", one_that_ended_yesterday_is_expired);
    add("/lab/certificates/future", one_that_begins_tomorrow_is_not_yet_valid);
    add("/lab/certificates/authority-key", a_server_can_sign_in_the_authoritys_name);
    g_test_add_func("/lab/certificates/unwritable", a_place_that_cannot_be_written_is_an_error);
    return g_test_run();
}
