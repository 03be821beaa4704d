/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of a TURN client, shared by the files that make it up: the client itself, what each
 * operation writes and reads, and how answers are taken.
 */
#pragma once

#include "session/turn_client.h"
#include "session/turn_login.h"

/* Room for a request with the longest user name, realm and nonce. */
#define MP_TURN_MAX_REQUEST 4096

typedef struct {
    guint16 number;
    MpAddress peer;
} MpTurnChannel;

struct _MpTurnClient {
    MpTurnLogin login;
    gboolean is_stream;
    MpTurnFacts facts;
    GArray *channels; /* MpTurnChannel */

    gboolean is_busy;
    MpTurnRequest request;
    MpTime limit;
    MpStunTransaction transaction;
    gboolean is_authenticated; /* the request under way carries credentials */
    guint stale_retries;
    const char *disbelief; /* why the last disbelieved answer to this operation was; NULL: none */
    char *reason;          /* lent by the last event */
    guint8 message[MP_TURN_MAX_REQUEST];
    gsize message_length;
};

typedef struct {
    guint method;
    gboolean takes_credentials; /* at once, if they are known; Binding waits to be asked */
    void (*write)(const MpTurnRequest *request, MpStunBuilder *builder);
    /* NULL, or what is wrong with a success answer. */
    const char *(*read)(MpTurnClient *client, const MpStunMessage *answer);
} MpTurnRules;

const MpTurnRules *mp_turn_rules(MpTurnOperation operation);

/* NULL: it was not bound. */
MpTurnChannel *mp_turn_client_find_channel(const MpTurnClient *client, guint16 number);

/* Writes the request with a new transaction id and makes it due now. */
void mp_turn_client_start_transaction(MpTurnClient *client, MpTime now);

/* Ends the operation with an event. Takes `reason`. */
MpTurnEvent mp_turn_client_finish(MpTurnClient *client, MpTurnEventType type, guint code,
                                  char *reason);

/* RFC 8489 section 9.2.5: such an answer is discarded and retransmissions go on; if nothing better
 * comes, that is what is told in place of a timeout. On a stream nothing better can come. */
MpTurnEvent mp_turn_client_disbelieve(MpTurnClient *client, const char *why);

/* An answer with the transaction id of the request under way. */
MpTurnEvent mp_turn_client_take_answer(MpTurnClient *client, const MpStunMessage *answer,
                                       MpTime now);
