/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A DNS question for addresses or services and its answer: RFC 1035, RFC 3596, RFC 2782.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"

/* RFC 1035 section 2.3.4: names are at most 255 bytes. */
#define MP_DNS_LONGEST_QUERY (12 + 256 + 4)

typedef enum { MP_DNS_A, MP_DNS_AAAA, MP_DNS_SRV } MpDnsType;

/* RFC 2782: where a service is. */
typedef struct {
    guint16 priority; /* the lowest first */
    guint16 weight;   /* its share among those of one priority */
    guint16 port;
    char *target; /* "." : the service is not there */
} MpDnsService;

typedef struct {
    guint rcode; /* RFC 1035 section 4.1.1: 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED */
    gboolean is_truncated; /* more would come over TCP */
    GArray *addresses;     /* MpAddress, port 0, in the server's order; of CNAME targets too */
    GArray *services;      /* MpDnsService, in the server's order */
    char *canonical_name;  /* where a CNAME leads; NULL: none */
    guint least_ttl_s;     /* of the addresses; 0 without any */
} MpDnsAnswer;

void mp_dns_answer_clear(MpDnsAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MpDnsAnswer, mp_dns_answer_clear)

/* "NXDOMAIN"; NULL for one without a name here. */
const char *mp_dns_rcode_name(guint rcode);

MpDnsType mp_dns_type_of_family(MpFamily family);

/* A recursive question. 0 when `name` is no host name, else the
 * bytes written. */
gsize mp_dns_query_write(guint8 buffer[MP_DNS_LONGEST_QUERY], guint16 id, const char *name,
                         MpDnsType type);

/* FALSE when `message` is not the answer to that question: another id, another name, no response,
 * or bytes that do not parse. `answer` starts zeroed and is filled on TRUE only. */
gboolean mp_dns_answer_parse(MpBytes message, guint16 id, const char *name, MpDnsType type,
                             MpDnsAnswer *answer);

/* Puts services into the order in which a client tries them, RFC 2782: by priority, and among
 * equals by chance, weighted. `draw` gives any 32 bits. */
void mp_dns_services_order(GArray *services, guint32 (*draw)(void));
