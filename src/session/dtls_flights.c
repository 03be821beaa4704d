/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flight is what one end says until the other's turn: messages with new numbers in the direction
 * of the last flight belong to it, in the other direction they begin the next.
 */
#include "session/dtls_flights.h"

#include "wire/dtls.h"

/* Of the first encrypted handshake message, whose own number cannot be read: Finished. */
#define ENCRYPTED_MESSAGE 0x10000u
#define FINISHED 20

/* The flight of that direction which has the message; NULL: none. */
static MpDtlsFlight *find_flight(MpDtlsFlights *flights, gboolean is_ours, guint32 message)
{
    for (guint i = 0; i < flights->n_flights; i++) {
        MpDtlsFlight *flight = &flights->flights[i];
        if (flight->is_ours == is_ours && message >= flight->first_message &&
            message < flight->end_message)
            return flight;
    }
    return NULL;
}

static MpDtlsFlight *last_flight(MpDtlsFlights *flights, gboolean is_ours)
{
    MpDtlsFlight *last = flights->n_flights ? &flights->flights[flights->n_flights - 1] : NULL;
    return last && last->is_ours == is_ours ? last : NULL;
}

/* NULL: more flights than a handshake has. */
static MpDtlsFlight *begin_flight(MpDtlsFlights *flights, gboolean is_ours, guint32 message,
                                  guint64 sign, MpTime now)
{
    if (flights->n_flights == MP_DTLS_MAX_FLIGHTS)
        return NULL;
    MpDtlsFlight *flight = &flights->flights[flights->n_flights++];
    *flight = (MpDtlsFlight){.is_ours = is_ours,
                             .first = now - flights->began,
                             .first_message = message,
                             .end_message = message + 1,
                             .sign = sign};
    return flight;
}

static void add_message(MpDtlsFlight *flight, guint8 type)
{
    for (guint i = 0; i < flight->n_messages; i++)
        if (flight->messages[i] == type)
            return;
    if (flight->n_messages < MP_DTLS_MAX_MESSAGES)
        flight->messages[flight->n_messages++] = type;
}

/* The flight of one fragment; `is_late`: of a record that is not newer than those before it, as a
 * network that doubles or reorders packets brings it. */
static MpDtlsFlight *take_fragment(MpDtlsFlights *flights, gboolean is_ours, guint8 type,
                                   guint32 message, guint32 offset, gboolean is_late, MpTime now)
{
    const guint64 sign = (guint64)message << 32 | offset;
    MpDtlsFlight *flight = find_flight(flights, is_ours, message);
    if (flight) {
        flight->retransmissions += sign == flight->sign && !is_late ? 1 : 0;
    } else if ((flight = last_flight(flights, is_ours))) {
        flight->first_message = MIN(flight->first_message, message);
        flight->end_message = MAX(flight->end_message, message + 1);
    } else {
        flight = begin_flight(flights, is_ours, message, sign, now);
    }
    if (flight)
        add_message(flight, type);
    return flight;
}

static MpDtlsFlight *take_handshake(MpDtlsFlights *flights, gboolean is_ours,
                                    const MpDtlsRecord *record, gboolean is_late, MpTime now)
{
    if (record->epoch > 0)
        return take_fragment(flights, is_ours, FINISHED, ENCRYPTED_MESSAGE, 0, is_late, now);
    MpReader reader = mp_reader_init(record->payload.data, record->payload.length);
    MpDtlsFlight *flight = NULL;
    MpDtlsFragment part;
    while (mp_reader_left(&reader) > 0 && mp_dtls_read_fragment(&reader, &part)) {
        MpDtlsFlight *of_part = take_fragment(flights, is_ours, part.type, part.sequence,
                                              part.offset, is_late, now);
        flight = flight ? flight : of_part;
    }
    return flight;
}

static MpDtlsFlight *take_record(MpDtlsFlights *flights, gboolean is_ours,
                                 const MpDtlsRecord *record, MpTime now)
{
    guint64 *newest = &flights->newest[is_ours][record->epoch > 0];
    const gboolean is_late = record->number < *newest;
    *newest = MAX(*newest, record->number + 1);
    if (record->content == MP_DTLS_HANDSHAKE)
        return take_handshake(flights, is_ours, record, is_late, now);
    return record->content == MP_DTLS_CHANGE_CIPHER_SPEC ? last_flight(flights, is_ours) : NULL;
}

void mp_dtls_flights_note(MpDtlsFlights *flights, gboolean is_ours, const guint8 *data,
                          gsize length, MpTime now)
{
    is_ours = is_ours != FALSE;
    if (flights->n_flights == 0)
        flights->began = now;
    MpReader reader = mp_reader_init(data, length);
    MpDtlsRecord record;
    MpDtlsFlight *flight = NULL;
    guint records = 0;
    while (mp_reader_left(&reader) > 0 && mp_dtls_read_record(&reader, &record)) {
        MpDtlsFlight *of_record = take_record(flights, is_ours, &record, now);
        flight = flight ? flight : of_record;
        records++;
    }
    if (!flight)
        return;
    flight->records += records;
    flight->datagrams++;
    flight->bytes += length;
    flight->largest = MAX(flight->largest, (guint)length);
    flight->last = now - flights->began;
}

static const char *name_of(guint8 type)
{
    const char *name = mp_dtls_message_name(type);
    return name ? name : "unknown";
}

char *mp_dtls_flights_missing(const MpDtlsFlights *flights)
{
    if (flights->n_flights == 0)
        return NULL;
    const MpDtlsFlight *last = &flights->flights[flights->n_flights - 1];
    const char *first = name_of(last->messages[0]);
    if (!last->is_ours)
        return g_strdup_printf("the flight that %s begins did not come whole", first);
    const guint sends = last->retransmissions + 1;
    if (last->n_messages == 1)
        return g_strdup_printf("%s of %u bytes, sent %u times, was not answered", first,
                               last->largest, sends);
    return g_strdup_printf("%s to %s, in datagrams of up to %u bytes, sent %u times, were not "
                           "answered",
                           first, name_of(last->messages[last->n_messages - 1]), last->largest,
                           sends);
}
