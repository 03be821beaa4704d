/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One TURN client on one 5-tuple, RFC 8656: one operation at a time, with authentication and
 * retransmission. Takes messages and `now`, gives messages, a deadline and events; opens no socket
 * and reads no clock.
 */
#pragma once

#include "session/stun_transaction.h"
#include "session/turn_credentials.h"

typedef struct _MpTurnClient MpTurnClient;

typedef enum {
    MP_TURN_BINDING,
    MP_TURN_ALLOCATE,
    MP_TURN_CREATE_PERMISSION, /* peer */
    MP_TURN_CHANNEL_BIND,      /* peer, channel */
    MP_TURN_REFRESH,           /* lifetime_s; 0 frees the allocation */
} MpTurnOperation;

typedef struct {
    MpTurnOperation operation;
    MpAddress peer;
    guint16 channel;
    guint32 lifetime_s;
    /* MP_TURN_ALLOCATE */
    gboolean wants_tcp;  /* a relay for TCP, RFC 6062, instead of UDP */
    MpFamily family;     /* of the relay address, RFC 8656 section 18.6; MP_FAMILY_NONE: IPv4 */
    gboolean wants_both; /* an IPv6 relay address beside the IPv4 one, RFC 8656 section 18.11 */
} MpTurnRequest;

typedef enum {
    MP_TURN_EVENT_NONE,
    MP_TURN_EVENT_SUCCESS,   /* the operation is done */
    MP_TURN_EVENT_ERROR,     /* the server's final no: code and reason */
    MP_TURN_EVENT_SILENT,    /* no answer */
    MP_TURN_EVENT_MALFORMED, /* only answers that cannot be believed; reason says why */
    MP_TURN_EVENT_DATA,      /* a peer's datagram: peer, payload */
} MpTurnEventType;

/* Texts and payload are lent until the next call. */
typedef struct {
    MpTurnEventType type;
    guint code;          /* MP_TURN_EVENT_ERROR: STUN error code */
    const char *reason;  /* safe to show; may be empty, NULL where there is none */
    MpAddress peer;      /* MP_TURN_EVENT_DATA */
    gboolean is_channel; /* MP_TURN_EVENT_DATA: came as ChannelData, not as Data indication */
    MpBytes payload;     /* MP_TURN_EVENT_DATA */
} MpTurnEvent;

/* What the server has told so far. */
typedef struct {
    MpAddress mapped;           /* XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS of an old server */
    MpAddress relayed;          /* set while there is an allocation */
    MpAddress relayed_beside;   /* an IPv6 one beside it, where both were asked for */
    guint beside_code;          /* why there is none: ADDRESS-ERROR-CODE; 0: not told */
    MpAddress alternate;        /* of 300 Try Alternate */
    char *alternate_domain;     /* its name for TLS, RFC 8489 section 14.16; NULL: the same */
    guint32 lifetime_s;         /* of the allocation, as Allocate granted it */
    guint32 refreshed_s;        /* as the last Refresh granted it; 0: none */
    const char *realm;          /* NULL: no credentials were asked for */
    char *software;             /* NULL: not told */
    gboolean has_authenticated; /* an answer with right MESSAGE-INTEGRITY came */
    gboolean was_challenged;    /* 401 with realm and nonce, the normal first answer */
    guint requests_sent;        /* with retransmissions */
    guint responses_received;   /* to our requests, whatever they say */
    guint ignored;              /* messages that answer nothing of ours */
    guint disbelieved;          /* answers with a wrong check or form */
    GArray *round_trips;        /* MpTime of each transaction without retransmission */
} MpTurnFacts;

/* `credentials` are copied; NULL: none. On a stream requests are sent once. */
MpTurnClient *mp_turn_client_new(const MpTurnCredentials *credentials, gboolean is_stream);
void mp_turn_client_free(MpTurnClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTurnClient, mp_turn_client_free)

/* Begins an operation, due at once; one under way is forgotten. It ends with one event other than
 * MP_TURN_EVENT_DATA, at `limit` at the latest. */
void mp_turn_client_begin(MpTurnClient *client, const MpTurnRequest *request, MpTime now,
                          MpTime limit);

/* What is due now: a message to send in `output` (lent; length 0: none) or an event. */
MpTurnEvent mp_turn_client_advance(MpTurnClient *client, MpTime now, MpBytes *output);
/* When to call advance again; MP_NEVER when nothing is under way. */
MpTime mp_turn_client_deadline(const MpTurnClient *client);

/* One message from the server. */
MpTurnEvent mp_turn_client_receive(MpTurnClient *client, MpBytes message, MpTime now);

/* A datagram to a peer as Send indication, or as ChannelData over a channel that was bound. The
 * length; 0 when it does not fit or there is no such channel. */
gsize mp_turn_client_write_send(const MpAddress *peer, MpBytes payload, guint8 *out,
                                gsize capacity);
gsize mp_turn_client_write_channel(const MpTurnClient *client, guint16 channel, MpBytes payload,
                                   guint8 *out, gsize capacity);

const MpTurnFacts *mp_turn_client_facts(const MpTurnClient *client);
