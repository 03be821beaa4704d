/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a NAT or firewall keeps an idle UDP flow, RFC 5780 section 4.6, asked of one STUN
 * server. Takes messages and `now`, gives messages and a deadline; opens no socket and reads no
 * clock.
 *
 * Several sockets open a flow at once and lie idle for different times. Then another socket asks
 * the server to answer to the idle one (RESPONSE-PORT): what arrives there proves that the flow was
 * kept. A server that does not know RESPONSE-PORT is asked from the idle socket itself: another
 * mapping proves that the first was gone, the same one proves nothing.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "wire/stun.h"

/* The asker, the control, and one socket for each idle time. */
#define MP_NAT_LIFETIME_MAX_SOCKETS 22

typedef struct {
    gboolean is_answered;       /* the server answered at all */
    gboolean has_response_port; /* a flow just opened was reached through RESPONSE-PORT */
    MpTime kept_for;            /* the longest idle time that a flow was seen to outlive; 0: none */
    MpTime lost_after;          /* the shortest one past it that a flow did not; MP_NEVER: none */
    guint requests_sent;
} MpNatLifetimeFacts;

typedef struct _MpNatLifetime MpNatLifetime;

/* How many sockets a search up to `longest` idle takes: 2 at least. */
guint mp_nat_lifetime_sockets(MpTime longest);

/* `locals` are the addresses of so many sockets. Ends at `limit` at the latest. */
MpNatLifetime *mp_nat_lifetime_new(const MpAddress *locals, MpTime longest, MpTime now,
                                   MpTime limit);
void mp_nat_lifetime_free(MpNatLifetime *lifetime);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpNatLifetime, mp_nat_lifetime_free)

/* The next message to the server that is due by `now`, lent until the next call, and the socket to
 * send it from; FALSE: none. Call until it is FALSE. */
gboolean mp_nat_lifetime_advance(MpNatLifetime *lifetime, MpTime now, guint *socket,
                                 MpBytes *message);
/* When to call advance again; MP_NEVER: it is over. */
MpTime mp_nat_lifetime_deadline(const MpNatLifetime *lifetime);
/* What came to a socket from the server's address. */
void mp_nat_lifetime_receive(MpNatLifetime *lifetime, guint socket, MpBytes message, MpTime now);

/* What is known now. */
MpNatLifetimeFacts mp_nat_lifetime_facts(const MpNatLifetime *lifetime);
