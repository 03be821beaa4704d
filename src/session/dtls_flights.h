/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flights of a DTLS handshake (RFC 6347 section 4.2.4), from the datagrams that pass: what
 * left, what came, and which flight is missing.
 */
#pragma once

#include <glib.h>

#include "base/time.h"

/* RFC 6347 figure 1: six, with the cookie exchange. */
#define MP_DTLS_MAX_FLIGHTS 6
#define MP_DTLS_MAX_MESSAGES 8

typedef struct {
    gboolean is_ours;
    guint8 messages[MP_DTLS_MAX_MESSAGES]; /* types, in the order in which they showed */
    guint n_messages;
    guint records;
    guint datagrams; /* repeated ones too */
    guint64 bytes;
    guint largest;         /* datagram, bytes */
    guint retransmissions; /* times that it went or came again */
    MpTime first;          /* since the handshake began */
    MpTime last;
    guint32 first_message; /* numbers of its messages: from this one */
    guint32 end_message;   /* until before that one */
    guint64 sign;          /* the fragment that was seen first: once more is a retransmission */
} MpDtlsFlight;

/* Zero: nothing passed. */
typedef struct {
    MpDtlsFlight flights[MP_DTLS_MAX_FLIGHTS];
    guint n_flights;
    /* Highest record number plus 1: theirs and ours, before and after the change of keys. */
    guint64 newest[2][2];
    MpTime began;
} MpDtlsFlights;

/* A datagram that passed at `now`, the same clock every time. Bytes that are no DTLS count for
 * nothing. */
void mp_dtls_flights_note(MpDtlsFlights *flights, gboolean is_ours, const guint8 *data,
                          gsize length, MpTime now);

/* Where a handshake that did not end waits: "ClientHello, sent 6 times, was not answered".
 * NULL: nothing passed. Free with g_free(). */
char *mp_dtls_flights_missing(const MpDtlsFlights *flights);
