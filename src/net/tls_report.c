/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Certificates as text.
 */
#include "net/tls_report.h"

#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static void certificate_free(gpointer data)
{
    MpTlsCertificate *certificate = data;
    g_free(certificate->subject);
    g_free(certificate->issuer);
    g_free(certificate->not_before);
    g_free(certificate->not_after);
    g_free(certificate);
}

void mp_tls_report_clear(MpTlsReport *report)
{
    g_free(report->version);
    g_free(report->cipher);
    g_free(report->verify);
    g_free(report->server_name);
    if (report->chain)
        g_ptr_array_unref(report->chain);
    *report = (MpTlsReport){0};
}

static char *name_text(const X509_NAME *name)
{
    g_autofree char *text = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    /* RFC 2253 without escaping UTF-8, which would make Japanese names unreadable. */
    X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    char *bytes;
    long length = BIO_get_mem_data(memory, &bytes);
    text = g_utf8_make_valid(length > 0 ? bytes : "", length);
    BIO_free(memory);
    return g_steal_pointer(&text);
}

static char *time_text(const ASN1_TIME *time)
{
    struct tm moment;
    if (ASN1_TIME_to_tm(time, &moment) != 1)
        return NULL;
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02dZ", moment.tm_year + 1900,
                           moment.tm_mon + 1, moment.tm_mday, moment.tm_hour, moment.tm_min,
                           moment.tm_sec);
}

static MpTlsCertificate *describe(X509 *x509)
{
    MpTlsCertificate *certificate = g_new0(MpTlsCertificate, 1);
    certificate->subject = name_text(X509_get_subject_name(x509));
    certificate->issuer = name_text(X509_get_issuer_name(x509));
    certificate->not_before = time_text(X509_get0_notBefore(x509));
    certificate->not_after = time_text(X509_get0_notAfter(x509));
    return certificate;
}

void mp_tls_names(const guint8 *der, gsize length, char **subject, char **issuer)
{
    X509 *x509 = d2i_X509(NULL, &der, (long)length);
    *subject = x509 ? name_text(X509_get_subject_name(x509)) : NULL;
    *issuer = x509 ? name_text(X509_get_issuer_name(x509)) : NULL;
    X509_free(x509);
}

const char *mp_tls_flaw_name(long verified)
{
    static const struct {
        long verified;
        const char *name;
    } flaws[] = {
        {X509_V_OK, NULL},
        {X509_V_ERR_CERT_HAS_EXPIRED, "expired"},
        {X509_V_ERR_CERT_NOT_YET_VALID, "not-yet-valid"},
        {X509_V_ERR_HOSTNAME_MISMATCH, "name"},
        {X509_V_ERR_IP_ADDRESS_MISMATCH, "name"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(flaws); i++)
        if (flaws[i].verified == verified)
            return flaws[i].name;
    return "untrusted";
}

void mp_tls_report_fill(MpTlsReport *report, SSL *ssl)
{
    long verified = SSL_get_verify_result(ssl);
    report->version = g_strdup(SSL_get_version(ssl));
    report->cipher = g_strdup(SSL_get_cipher_name(ssl));
    report->flaw = mp_tls_flaw_name(verified);
    report->verify = g_strdup(verified == X509_V_OK ? "ok"
                                                    : X509_verify_cert_error_string(verified));

    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    report->chain = g_ptr_array_new_with_free_func(certificate_free);
    for (int i = 0; i < sk_X509_num(chain); i++)
        g_ptr_array_add(report->chain, describe(sk_X509_value(chain, i)));
}
