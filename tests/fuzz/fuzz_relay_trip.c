/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One relay port's question against a server and a peer that send anything. The input is a list of
 * one byte for the way (odd: straight) and one for the length, then so many bytes.
 */
#include <stddef.h>
#include <stdint.h>

#include "session/relay_trip.h"

static void send_all(MpRelayTrip *trip, MpTime now)
{
    MpRelaySend send;
    guint sends = 0;
    while (mp_relay_trip_advance(trip, now, &send)) {
        g_assert(send.message.length > 0);
        g_assert(!send.is_straight || send.socket < MP_RELAY_SOCKETS);
        g_assert(sends++ < 100);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_new("user", "password");
    const MpRelaySettings settings = {
        .credentials = credentials, .tries = 4, .wait = MP_MSEC(100), .patience = MP_SEC(3)};
    g_autoptr(MpRelayTrip) trip = mp_relay_trip_new(&settings, 0);
    MpReader reader = mp_reader_init(data, size);
    MpTime now = 0;
    send_all(trip, now);
    while (mp_reader_left(&reader) > 2) {
        const gboolean is_straight = mp_reader_u8(&reader) & 1;
        const gsize length = mp_reader_u8(&reader);
        const MpBytes bytes = mp_reader_bytes(&reader, MIN(length, mp_reader_left(&reader)));
        const MpAddress from = {.family = MP_FAMILY_IPV4, .port = 50000};
        now += MP_MSEC(10);
        if (is_straight)
            mp_relay_trip_take(trip, &from, bytes, now);
        else
            mp_relay_trip_receive(trip, bytes, now);
        send_all(trip, now);
    }
    for (guint turns = 0; mp_relay_trip_deadline(trip) != MP_NEVER; turns++) {
        g_assert(turns < 100);
        now = MAX(now, mp_relay_trip_deadline(trip));
        send_all(trip, now);
    }
    /* Nobody here knows the password. */
    g_assert(mp_relay_trip_answer(trip)->port != MP_RELAY_PORT_OPEN);
    return 0;
}
