/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One UDP port of a TURN server's relay, asked with credentials alone: allocate, let our own outer
 * address in, send a datagram straight to the relay's port, see it come as Data; answer it through
 * the relay, see that come straight. Takes messages and `now`, gives messages and a deadline; opens
 * no socket and reads no clock.
 */
#pragma once

#include "session/turn_client.h"

/* Datagrams go from several sockets by turns, so that one that is stuck somewhere blocks no port.
 */
#define MP_RELAY_SOCKETS 3
/* Outer addresses of a translator with several: RFC 4787 section 4.1. */
#define MP_RELAY_MAX_MAPPED 8

typedef struct {
    const MpTurnCredentials *credentials;  /* lent while the trip is made; NULL: none */
    gboolean is_stream;                    /* TCP or TLS to the server */
    MpAddress mapped[MP_RELAY_MAX_MAPPED]; /* where datagrams may come from; ports do not count */
    guint n_mapped;
    guint tries;     /* datagrams before a port counts as blocked; at least 1 */
    MpTime wait;     /* after a datagram, for what comes of it */
    MpTime patience; /* with the server, for each operation */
} MpRelaySettings;

typedef enum {
    MP_RELAY_PORT_UNKNOWN,
    MP_RELAY_PORT_OPEN,        /* there and back */
    MP_RELAY_PORT_BLOCKED_OUT, /* the relay never saw a datagram */
    MP_RELAY_PORT_BLOCKED_IN,  /* the relay saw it; what it sent did not come */
} MpRelayVerdict;

typedef enum {
    MP_RELAY_ALLOCATING,
    MP_RELAY_PERMITTING,
    MP_RELAY_TALKING,
    MP_RELAY_GIVING_BACK,
    MP_RELAY_OVER,
} MpRelayStage;

typedef struct {
    MpRelayVerdict port;
    MpAddress relayed;     /* MP_FAMILY_NONE: there was no allocation */
    MpAddress mapped;      /* of the 5-tuple to the server */
    MpRelayStage broke_at; /* MP_RELAY_OVER: nowhere */
    MpTurnEventType event; /* that it broke with */
    guint code;            /* MP_TURN_EVENT_ERROR */
    char reason[96];
    guint tries;       /* datagrams sent straight to the port */
    guint resent;      /* requests to the server that had to be sent again */
    MpTime round_trip; /* to the server, the slowest; MP_NEVER: not known */
} MpRelayTripAnswer;

typedef struct _MpRelayTrip MpRelayTrip;

MpRelayTrip *mp_relay_trip_new(const MpRelaySettings *settings, MpTime now);
void mp_relay_trip_free(MpRelayTrip *trip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpRelayTrip, mp_relay_trip_free)

typedef struct {
    gboolean is_straight; /* from a socket of its own, past the server's control port */
    guint socket;         /* is_straight: which, below MP_RELAY_SOCKETS */
    MpAddress to;         /* is_straight */
    MpBytes message;      /* lent until the next call */
} MpRelaySend;

/* TRUE: there is one to send now; call again. FALSE: nothing before the deadline. */
gboolean mp_relay_trip_advance(MpRelayTrip *trip, MpTime now, MpRelaySend *send);
/* MP_NEVER: it is over. */
MpTime mp_relay_trip_deadline(const MpRelayTrip *trip);

/* One message from the server. */
void mp_relay_trip_receive(MpRelayTrip *trip, MpBytes message, MpTime now);
/* One datagram that came straight. */
void mp_relay_trip_take(MpRelayTrip *trip, const MpAddress *from, MpBytes payload, MpTime now);
/* The way to the server broke, or this machine cannot send to the port: nothing is known of it. An
 * allocation is given back; where that cannot be sent either, this is called again and ends it. */
void mp_relay_trip_break(MpRelayTrip *trip, const char *why, MpTime now);

MpRelayStage mp_relay_trip_stage(const MpRelayTrip *trip);
const MpRelayTripAnswer *mp_relay_trip_answer(const MpRelayTrip *trip);
