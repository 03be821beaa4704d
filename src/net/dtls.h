/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages as datagrams inside DTLS, RFC 6347 and RFC 7350: TURN over DTLS.
 */
#pragma once

#include "net/tls.h"

/* As mp_net_tls_open(), on a UDP transport; lost flights are sent again as RFC 6347 section 4.2.4
 * has it. */
MpNetTransport *mp_net_dtls_open(MpNetTransport *udp, const char *server_name, const char *ca_file,
                                 const MpNetLimit *limit, MpTlsReport *report, MpNetStatus *status);
