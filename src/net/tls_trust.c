/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whom our TLS clients trust, and under which name.
 */
#include "net/tls_trust.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/address.h"

gboolean mp_tls_trust_load(SSL_CTX *context, const char *ca_file)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    int loaded = ca_file ? SSL_CTX_load_verify_file(context, ca_file)
                         : SSL_CTX_set_default_verify_paths(context);
    ERR_clear_error();
    return loaded == 1;
}

gboolean mp_tls_trust_demand_name(SSL *ssl, const char *server_name)
{
    MpAddress literal;
    if (mp_address_parse(&literal, server_name, 0))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name) == 1;
    return SSL_set1_host(ssl, server_name) == 1 && SSL_set_tlsext_host_name(ssl, server_name) == 1;
}
