/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One relay port asked in virtual time, against a TURN server and a firewall made here.
 */
#include "session/relay_trip.h"

#include <string.h>

#include "wire/stun_builder.h"
#include "wire/stun_check.h"

#define START MP_SEC(100)
#define TRIP MP_MSEC(20)
#define RELAY_PORT 51234

typedef struct {
    gboolean drops_out; /* straight datagrams never reach the relay */
    gboolean drops_in;  /* what the relay sends never comes */
    guint loses;        /* the first datagrams that go straight */
    guint refuses;      /* Allocate with that code; 0: does not */
    guint forbids;      /* CreatePermission for that many addresses */
    gboolean dies;      /* no Refresh is answered */
    gboolean answers_from_elsewhere;
    gboolean has_ipv6_relay;
} World;

typedef struct {
    MpTime at;
    gboolean is_straight;
    MpAddress from;
    guint8 data[512];
    gsize length;
} Arrival;

typedef struct {
    const World *world;
    MpRelayTrip *trip;
    GArray *arrivals; /* Arrival */
    MpTime now;
    guint straight;
    guint forbidden;
    guint permissions;
    gboolean is_freed;
} Play;

static MpAddress address(const char *ip, guint16 port)
{
    MpAddress parsed;
    g_assert_true(mp_address_parse(&parsed, ip, port));
    return parsed;
}

static MpAddress relay(const World *world)
{
    return address(world->has_ipv6_relay ? "2001:db8::7" : "198.51.100.7", RELAY_PORT);
}

static void arrive(Play *play, gboolean is_straight, const MpAddress *from, const void *data,
                   gsize length)
{
    Arrival arrival = {.at = play->now + TRIP, .is_straight = is_straight, .length = length};
    if (from)
        arrival.from = *from;
    memcpy(arrival.data, data, length);
    g_array_append_val(play->arrivals, arrival);
}

static void add_allocation(const World *world, MpStunBuilder *builder)
{
    const MpAddress relayed = relay(world);
    const MpAddress mapped = address("203.0.113.9", 4000);
    mp_stun_add_address(builder, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS, &relayed);
    mp_stun_add_address(builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &mapped);
    mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_LIFETIME, 600);
}

static guint error_for(Play *play, const MpStunMessage *request)
{
    if (!mp_stun_has(request, MP_STUN_ATTRIBUTE_USERNAME))
        return MP_STUN_ERROR_UNAUTHENTICATED;
    if (request->method == MP_STUN_METHOD_ALLOCATE)
        return play->world->refuses;
    if (request->method == MP_STUN_METHOD_CREATE_PERMISSION) {
        play->permissions++;
        return play->forbidden++ < play->world->forbids ? MP_STUN_ERROR_FORBIDDEN : 0;
    }
    return 0;
}

static void answer_request(Play *play, const MpStunMessage *request)
{
    guint8 key[MP_STUN_KEY_LENGTH];
    guint8 buffer[512];
    mp_stun_long_term_key("user", "realm", "password", key);
    const guint code = error_for(play, request);
    if (request->method == MP_STUN_METHOD_REFRESH) {
        play->is_freed = TRUE;
        if (play->world->dies)
            return;
    }
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer,
                                                 code ? MP_STUN_ERROR : MP_STUN_SUCCESS,
                                                 request->method, &request->id);
    if (code)
        mp_stun_add_error(&builder, code);
    if (code == MP_STUN_ERROR_UNAUTHENTICATED) {
        mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_REALM, "realm");
        mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_NONCE, "nonce");
    } else {
        if (!code && request->method == MP_STUN_METHOD_ALLOCATE)
            add_allocation(play->world, &builder);
        mp_stun_add_integrity(&builder, (MpBytes){key, sizeof key});
    }
    arrive(play, FALSE, NULL, buffer, mp_stun_builder_end(&builder));
}

/* A Send indication leaves the relay toward the address that it names. */
static void relay_send(Play *play, const MpStunMessage *indication)
{
    MpBytes payload;
    MpAddress peer;
    g_assert_true(mp_stun_find(indication, MP_STUN_ATTRIBUTE_DATA, &payload));
    g_assert_true(mp_stun_get_address(indication, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer));
    g_assert_cmpuint(peer.port, ==, 5555);
    MpAddress from = relay(play->world);
    if (play->world->answers_from_elsewhere)
        from.port++;
    if (!play->world->drops_in)
        arrive(play, TRUE, &from, payload.data, payload.length);
}

static void relay_receive(Play *play, MpBytes payload)
{
    guint8 buffer[512];
    const MpAddress peer = address("203.0.113.9", 5555);
    const MpStunId id = {{1}};
    if (play->straight++ < play->world->loses || play->world->drops_out)
        return;
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_INDICATION,
                                                 MP_STUN_METHOD_DATA, &id);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_DATA, payload.data, payload.length);
    arrive(play, FALSE, NULL, buffer, mp_stun_builder_end(&builder));
}

static void carry(Play *play, const MpRelaySend *send)
{
    MpStunMessage message;
    if (send->is_straight) {
        const MpAddress to = relay(play->world);
        g_assert_true(mp_address_equal(&send->to, &to));
        g_assert_cmpuint(send->socket, ==, play->straight % MP_RELAY_SOCKETS);
        relay_receive(play, send->message);
        return;
    }
    g_assert_true(mp_stun_parse(&message, send->message.data, send->message.length));
    if (message.class == MP_STUN_INDICATION)
        relay_send(play, &message);
    else
        answer_request(play, &message);
}

static gboolean deliver_next(Play *play, MpTime before)
{
    for (guint i = 0; i < play->arrivals->len; i++) {
        Arrival arrival = g_array_index(play->arrivals, Arrival, i);
        if (arrival.at > before)
            continue;
        g_array_remove_index(play->arrivals, i);
        play->now = MAX(play->now, arrival.at);
        const MpBytes bytes = {arrival.data, arrival.length};
        if (arrival.is_straight)
            mp_relay_trip_take(play->trip, &arrival.from, bytes, play->now);
        else
            mp_relay_trip_receive(play->trip, bytes, play->now);
        return TRUE;
    }
    return FALSE;
}

static MpRelayTripAnswer play_to_end(const World *world, guint n_mapped, MpTime *took,
                                     gboolean *is_freed, guint *permissions)
{
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_new("user", "password");
    MpRelaySettings settings = {.credentials = credentials,
                                .n_mapped = n_mapped,
                                .tries = 4,
                                .wait = MP_MSEC(100),
                                .patience = MP_MSEC(3500)};
    for (guint i = 0; i < n_mapped; i++)
        settings.mapped[i] = address(i ? "203.0.113.10" : "203.0.113.9", 5555);
    Play play = {
        .world = world, .now = START, .arrivals = g_array_new(FALSE, TRUE, sizeof(Arrival))};
    play.trip = mp_relay_trip_new(&settings, START);
    MpRelaySend send;
    MpTime next;
    while ((next = mp_relay_trip_deadline(play.trip)) != MP_NEVER) {
        g_assert_cmpint(play.now, <, START + MP_SEC(60));
        if (!deliver_next(&play, next))
            play.now = MAX(play.now, next);
        while (mp_relay_trip_advance(play.trip, play.now, &send))
            carry(&play, &send);
    }
    const MpRelayTripAnswer answer = *mp_relay_trip_answer(play.trip);
    *took = play.now - START;
    *is_freed = play.is_freed;
    *permissions = play.permissions;
    mp_relay_trip_free(play.trip);
    g_array_unref(play.arrivals);
    return answer;
}

static MpRelayTripAnswer ask(const World *world)
{
    MpTime took;
    gboolean is_freed;
    guint permissions;
    const MpRelayTripAnswer answer = play_to_end(world, 1, &took, &is_freed, &permissions);
    g_assert_cmpint(is_freed, ==, answer.relayed.family != MP_FAMILY_NONE);
    return answer;
}

static void test_open_port_takes_five_round_trips(void)
{
    const World world = {.loses = 0};
    MpTime took;
    gboolean is_freed;
    guint permissions;
    const MpRelayTripAnswer answer = play_to_end(&world, 1, &took, &is_freed, &permissions);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_OPEN);
    g_assert_cmpuint(answer.relayed.port, ==, RELAY_PORT);
    g_assert_cmpuint(answer.tries, ==, 1);
    g_assert_cmpuint(answer.resent, ==, 0);
    g_assert_cmpint(answer.round_trip, ==, TRIP);
    /* 401, Allocate, CreatePermission, Data, straight, Refresh. */
    g_assert_cmpint(took, ==, 6 * TRIP);
    g_assert_true(is_freed);
    g_assert_cmpuint(permissions, ==, 1);
}

static void test_lost_datagram_is_no_blocked_port(void)
{
    const World world = {.loses = 3};
    const MpRelayTripAnswer answer = ask(&world);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_OPEN);
    g_assert_cmpuint(answer.tries, ==, 4);
}

static void test_blocked_outward(void)
{
    const World world = {.drops_out = TRUE};
    const MpRelayTripAnswer answer = ask(&world);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_BLOCKED_OUT);
    g_assert_cmpuint(answer.tries, ==, 4);
}

static void test_blocked_inward(void)
{
    const World world = {.drops_in = TRUE};
    g_assert_cmpint(ask(&world).port, ==, MP_RELAY_PORT_BLOCKED_IN);
}

static void test_a_datagram_from_another_port_proves_nothing(void)
{
    const World world = {.answers_from_elsewhere = TRUE};
    g_assert_cmpint(ask(&world).port, ==, MP_RELAY_PORT_BLOCKED_IN);
}

static void test_silence_is_unknown_where_the_server_is_silent_too(void)
{
    const World world = {.drops_out = TRUE, .dies = TRUE};
    const MpRelayTripAnswer answer = ask(&world);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_UNKNOWN);
    g_assert_cmpint(answer.broke_at, ==, MP_RELAY_GIVING_BACK);
    const World open = {.dies = TRUE};
    g_assert_cmpint(ask(&open).port, ==, MP_RELAY_PORT_OPEN);
}

static void test_errors_are_told(void)
{
    const World quota = {.refuses = MP_STUN_ERROR_ALLOCATION_QUOTA_REACHED};
    MpRelayTripAnswer answer = ask(&quota);
    g_assert_cmpint(answer.broke_at, ==, MP_RELAY_ALLOCATING);
    g_assert_cmpuint(answer.code, ==, 486);
    const World forbidden = {.forbids = 1};
    answer = ask(&forbidden);
    g_assert_cmpint(answer.broke_at, ==, MP_RELAY_PERMITTING);
    g_assert_cmpuint(answer.code, ==, 403);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_UNKNOWN);
}

static void test_one_of_two_outer_addresses_is_enough(void)
{
    const World world = {.forbids = 1};
    MpTime took;
    gboolean is_freed;
    guint permissions;
    const MpRelayTripAnswer answer = play_to_end(&world, 2, &took, &is_freed, &permissions);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_OPEN);
    g_assert_cmpuint(permissions, ==, 2);
    g_assert_cmpint(answer.broke_at, ==, MP_RELAY_OVER);
}

static void test_a_relay_of_another_family_is_given_back(void)
{
    const World world = {.has_ipv6_relay = TRUE};
    const MpRelayTripAnswer answer = ask(&world);
    g_assert_cmpint(answer.port, ==, MP_RELAY_PORT_UNKNOWN);
    g_assert_cmpint(answer.broke_at, ==, MP_RELAY_PERMITTING);
}

static void test_broken_way_ends_it(void)
{
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_new("user", "password");
    const MpRelaySettings settings = {
        .credentials = credentials, .tries = 4, .wait = MP_MSEC(100), .patience = MP_SEC(3)};
    g_autoptr(MpRelayTrip) trip = mp_relay_trip_new(&settings, START);
    mp_relay_trip_break(trip, "no route", START);
    g_assert_cmpint(mp_relay_trip_deadline(trip), ==, MP_NEVER);
    g_assert_cmpstr(mp_relay_trip_answer(trip)->reason, ==, "no route");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/relay-trip/open", test_open_port_takes_five_round_trips);
    g_test_add_func("/session/relay-trip/lost", test_lost_datagram_is_no_blocked_port);
    g_test_add_func("/session/relay-trip/blocked-out", test_blocked_outward);
    g_test_add_func("/session/relay-trip/blocked-in", test_blocked_inward);
    g_test_add_func("/session/relay-trip/elsewhere",
                    test_a_datagram_from_another_port_proves_nothing);
    g_test_add_func("/session/relay-trip/silent-server",
                    test_silence_is_unknown_where_the_server_is_silent_too);
    g_test_add_func("/session/relay-trip/errors", test_errors_are_told);
    g_test_add_func("/session/relay-trip/two-addresses", test_one_of_two_outer_addresses_is_enough);
    g_test_add_func("/session/relay-trip/family", test_a_relay_of_another_family_is_given_back);
    g_test_add_func("/session/relay-trip/broken", test_broken_way_ends_it);
    return g_test_run();
}
