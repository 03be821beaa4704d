/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fills an MpTlsReport from a finished handshake.
 */
#pragma once

#include <openssl/ssl.h>

#include "net/tls.h"

void mp_tls_report_fill(MpTlsReport *report, SSL *ssl);
