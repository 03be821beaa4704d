/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A DNS question for addresses and its answer, RFC 1035 and RFC 3596.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"

/* RFC 1035 section 2.3.4: names are at most 255 bytes. */
#define MP_DNS_LONGEST_QUERY (12 + 256 + 4)

typedef struct {
    guint rcode; /* RFC 1035 section 4.1.1: 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED */
    gboolean is_truncated; /* more would come over TCP */
    GArray *addresses;     /* MpAddress, port 0, in the server's order; of CNAME targets too */
    char *canonical_name;  /* where a CNAME leads; NULL: none */
    guint least_ttl_s;     /* of the addresses; 0 without any */
} MpDnsAnswer;

void mp_dns_answer_clear(MpDnsAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MpDnsAnswer, mp_dns_answer_clear)

/* "NXDOMAIN"; NULL for one without a name here. */
const char *mp_dns_rcode_name(guint rcode);

/* A recursive question for A (MP_FAMILY_IPV4) or AAAA. 0 when `name` is no host name, else the
 * bytes written. */
gsize mp_dns_query_write(guint8 buffer[MP_DNS_LONGEST_QUERY], guint16 id, const char *name,
                         MpFamily family);

/* FALSE when `message` is not the answer to that question: another id, another name, no response,
 * or bytes that do not parse. `answer` starts zeroed and is filled on TRUE only. */
gboolean mp_dns_answer_parse(MpBytes message, guint16 id, const char *name, MpFamily family,
                             MpDnsAnswer *answer);
