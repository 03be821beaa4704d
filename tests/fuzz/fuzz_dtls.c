/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any datagrams as a DTLS handshake: the lowest bit of the first byte says who sent it, two bytes
 * how long it is.
 */
#include "session/dtls_flights.h"
#include "wire/dtls.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    MpDtlsFlights flights = {0};
    MpReader reader = mp_reader_init(data, size);
    guint datagrams = 0;
    while (mp_reader_left(&reader) > 3) {
        const gboolean is_ours = mp_reader_u8(&reader) & 1;
        const gsize length = MIN(mp_reader_u16(&reader), mp_reader_left(&reader));
        const MpBytes datagram = mp_reader_bytes(&reader, length);
        guint32 number;
        mp_dtls_datagram_number(datagram.data, datagram.length, &number);
        mp_dtls_flights_note(&flights, is_ours, datagram.data, datagram.length, ++datagrams);
    }
    guint counted = 0;
    for (guint i = 0; i < flights.n_flights; i++) {
        const MpDtlsFlight *flight = &flights.flights[i];
        g_assert(flight->n_messages > 0 && flight->n_messages <= MP_DTLS_MAX_MESSAGES);
        g_assert(flight->records >= flight->datagrams && flight->datagrams > 0);
        g_assert(flight->first <= flight->last && flight->bytes <= size);
        counted += flight->datagrams;
    }
    g_assert(counted <= datagrams);
    g_free(mp_dtls_flights_missing(&flights));
    return 0;
}
