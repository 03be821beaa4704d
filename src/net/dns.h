/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One question to one name server, past the system's resolver and its cache: which server says
 * what.
 */
#pragma once

#include "net/wait.h"
#include "wire/dns.h"

/* MpAddress, port 53: the name servers of /etc/resolv.conf, in its order. Free with
 * g_array_unref(). */
GArray *mp_net_dns_servers(void);

/* FALSE with a status when no answer came: MP_NET_REFUSED for ICMP port unreachable, and so on.
 * Whatever the server answered, also SERVFAIL, is TRUE. What UDP cuts is asked over TCP;
 * `is_truncated` where that did not come to anything. `took`, with an answer: since the question
 * was sent over UDP for the first time of up to three, as a user waits. */
gboolean mp_net_dns_ask(const MpAddress *server, const char *name, MpDnsType type,
                        const MpNetLimit *limit, MpDnsAnswer *answer, MpTime *took,
                        MpNetStatus *status);
