/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whom our TLS clients trust, and under which name.
 */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

/* TLS 1.2 or later, and the anchors of `ca_file` (PEM; NULL: the system's). FALSE when it holds
 * none. */
gboolean mp_tls_trust_load(SSL_CTX *context, const char *ca_file);

/* The certificate must name this host. An IP literal is compared with its IP addresses and is no
 * SNI: RFC 6066 section 3. */
gboolean mp_tls_trust_demand_name(SSL *ssl, const char *server_name);
