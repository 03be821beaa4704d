/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the NAT before this host behaves, asked of one STUN server with two addresses, RFC 5780.
 * Takes messages and `now`, gives messages and a deadline; opens no socket and reads no clock.
 *
 * All questions that do not disturb each other are asked side by side, from sockets of their own:
 * a question to the server's other address opens a filter that a later question must find closed.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "wire/stun.h"

/* RFC 4787 sections 4.1 and 5. */
typedef enum {
    MP_NAT_IS_UNKNOWN, /* not answered, or the server cannot help */
    MP_NAT_IS_NONE,    /* mapping: there is no NAT */
    MP_NAT_IS_ENDPOINT_INDEPENDENT,
    MP_NAT_IS_ADDRESS_DEPENDENT,
    MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT,
} MpNatKind;

/* "unknown", "none", "endpoint-independent", ... */
const char *mp_nat_kind_name(MpNatKind kind);

typedef enum { MP_NAT_UNKNOWN, MP_NAT_NO, MP_NAT_YES } MpNatAnswer;

/* "unknown", "no", "yes". */
const char *mp_nat_answer_name(MpNatAnswer answer);

/* The sockets that the caller has open, all on the same local address. */
typedef enum {
    MP_NAT_SOCKET_MAPPING,
    MP_NAT_SOCKET_FILTERING,
    MP_NAT_SOCKET_HAIRPIN,
    MP_NAT_N_SOCKETS,
} MpNatSocket;

typedef struct {
    gboolean is_answered; /* the server answered at all */
    gboolean has_two;     /* it told another address of its own: RFC 5780 is possible */
    MpAddress mapped;     /* of the mapping socket, as the server's first address sees it */
    MpAddress other;      /* the server's other address */
    MpNatKind mapping;
    MpNatKind filtering;
    MpNatAnswer hairpins;
    MpNatAnswer keeps_port;       /* of the mapping socket */
    MpNatAnswer is_tampered;      /* an address in the clear differs from the XORed one: an ALG */
    MpNatAnswer passes_fragments; /* a request larger than any MTU came through and back */
    guint requests_sent;
} MpNatFacts;

typedef struct _MpNatDiscovery MpNatDiscovery;

/* `locals` are the addresses of the sockets in the order of MpNatSocket. Ends at `limit`. */
MpNatDiscovery *mp_nat_discovery_new(const MpAddress *server,
                                     const MpAddress locals[MP_NAT_N_SOCKETS], MpTime now,
                                     MpTime limit);
void mp_nat_discovery_free(MpNatDiscovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpNatDiscovery, mp_nat_discovery_free)

typedef struct {
    MpNatSocket socket;
    MpAddress to;
    MpBytes message; /* lent until the next call */
} MpNatSend;

/* The next message that is due by `now`; FALSE: none. Call until it is FALSE. */
gboolean mp_nat_discovery_advance(MpNatDiscovery *discovery, MpTime now, MpNatSend *send);
/* When to call advance again; MP_NEVER: it is over. */
MpTime mp_nat_discovery_deadline(const MpNatDiscovery *discovery);

void mp_nat_discovery_receive(MpNatDiscovery *discovery, MpNatSocket socket, const MpAddress *from,
                              MpBytes message, MpTime now);
/* A send failed: the question is over, unanswered. */
void mp_nat_discovery_fail(MpNatDiscovery *discovery, const MpNatSend *send);

/* What is known now. */
MpNatFacts mp_nat_discovery_facts(const MpNatDiscovery *discovery);
