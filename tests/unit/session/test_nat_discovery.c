/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * NAT behaviour asked in virtual time, against a NAT of every kind and a server that knows RFC
 * 5780, knows it not, or lies.
 */
#include <string.h>

#include "session/nat_discovery.h"
#include "wire/stun_builder.h"

#define START MP_SEC(100)
#define TRIP MP_MSEC(10)

/* What stands between the client and the server, as it is meant to behave. */
typedef struct {
    MpNatKind mapping;
    MpNatKind filtering;
    gboolean hairpins;
    gboolean keeps_port;
    gboolean tampers;
    gboolean drops_large;
    /* The server. */
    gboolean has_one_address;
    gboolean ignores_change;
    gboolean is_silent;
} World;

typedef struct {
    const World *world;
    MpNatDiscovery *discovery;
    MpAddress locals[MP_NAT_N_SOCKETS];
    GArray *permissions; /* Permission */
    MpTime now;
} Play;

typedef struct {
    MpNatSocket socket;
    MpAddress remote;
} Permission;

static MpAddress address(const char *text)
{
    MpAddress result;
    g_assert_true(mp_address_parse_with_port(&result, text));
    return result;
}

#define FIRST "192.0.2.1:3478"
#define OTHER "192.0.2.2:3479"

static MpAddress mapped(const Play *play, MpNatSocket socket, const MpAddress *to)
{
    if (play->world->mapping == MP_NAT_IS_NONE)
        return play->locals[socket];
    MpAddress result = address("203.0.113.9:1");
    result.port = play->world->keeps_port ? play->locals[socket].port
                                          : (guint16)(40000 + 10 * socket);
    if (play->world->mapping >= MP_NAT_IS_ADDRESS_DEPENDENT)
        result.port = (guint16)(result.port + 100 * to->bytes[3]);
    if (play->world->mapping == MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT)
        result.port = (guint16)(result.port + to->port % 10);
    return result;
}

static gboolean is_let_in(const Play *play, MpNatSocket socket, const MpAddress *from)
{
    for (guint i = 0; i < play->permissions->len; i++) {
        const Permission *permission = &g_array_index(play->permissions, Permission, i);
        if (permission->socket != socket)
            continue;
        if (play->world->filtering == MP_NAT_IS_ENDPOINT_INDEPENDENT ||
            (play->world->filtering == MP_NAT_IS_ADDRESS_DEPENDENT &&
             mp_address_equal_ip(&permission->remote, from)) ||
            mp_address_equal(&permission->remote, from))
            return TRUE;
    }
    return FALSE;
}

static void answer(Play *play, const MpNatSend *send, const MpStunMessage *request)
{
    MpAddress from = send->to;
    MpAddress other = address(OTHER);
    guint32 change = 0;
    gboolean obeys = !play->world->ignores_change && !play->world->has_one_address;
    if (mp_stun_get_u32(request, MP_STUN_ATTRIBUTE_CHANGE_REQUEST, &change) && obeys) {
        from.port = change & 2 ? other.port : from.port;
        if (change & 4)
            memcpy(from.bytes, other.bytes, 4);
    }
    if (!is_let_in(play, send->socket, &from))
        return;

    guint8 buffer[256];
    MpAddress seen = mapped(play, send->socket, &send->to);
    MpAddress plain = play->world->tampers ? play->locals[send->socket] : seen;
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_SUCCESS,
                                                 MP_STUN_METHOD_BINDING, &request->id);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &seen);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, &plain);
    if (!play->world->has_one_address)
        mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_OTHER_ADDRESS, &other);
    mp_nat_discovery_receive(play->discovery, send->socket, &from,
                             (MpBytes){buffer, mp_stun_builder_end(&builder)}, play->now + TRIP);
}

static void carry(Play *play, const MpNatSend *send)
{
    Permission permission = {send->socket, send->to};
    g_array_append_val(play->permissions, permission);
    if (play->world->is_silent || (play->world->drops_large && send->message.length > 1472))
        return;

    MpStunMessage request;
    g_assert_true(mp_stun_parse(&request, send->message.data, send->message.length));
    MpAddress other = address(OTHER);
    gboolean is_to_server = send->to.bytes[0] == other.bytes[0] && send->to.bytes[1] == 0;
    if (is_to_server)
        answer(play, send, &request);
    else if (play->world->hairpins)
        mp_nat_discovery_receive(play->discovery, MP_NAT_SOCKET_MAPPING, &send->to, send->message,
                                 play->now + TRIP);
}

static MpNatFacts play(const World *world)
{
    MpAddress server = address(FIRST);
    Play play = {
        .world = world, .permissions = g_array_new(FALSE, FALSE, sizeof(Permission)), .now = START};
    for (guint i = 0; i < MP_NAT_N_SOCKETS; i++) {
        play.locals[i] = address("10.0.0.5:1");
        play.locals[i].port = (guint16)(50000 + i);
    }
    play.discovery = mp_nat_discovery_new(&server, play.locals, play.now, play.now + MP_SEC(10));
    MpTime next;
    while ((next = mp_nat_discovery_deadline(play.discovery)) != MP_NEVER) {
        g_assert_cmpint(next, <=, START + MP_SEC(10));
        play.now = MAX(play.now, next);
        MpNatSend send;
        while (mp_nat_discovery_advance(play.discovery, play.now, &send))
            carry(&play, &send);
    }
    MpNatFacts facts = mp_nat_discovery_facts(play.discovery);
    mp_nat_discovery_free(play.discovery);
    g_array_unref(play.permissions);
    return facts;
}

static void test_every_mapping_and_filtering_is_told_apart(void)
{
    for (MpNatKind mapping = MP_NAT_IS_NONE; mapping <= MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT;
         mapping++)
        for (MpNatKind filtering = MP_NAT_IS_ENDPOINT_INDEPENDENT;
             filtering <= MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT; filtering++) {
            World world = {.mapping = mapping, .filtering = filtering};
            MpNatFacts facts = play(&world);
            g_assert_true(facts.is_answered && facts.has_two);
            g_assert_cmpint(facts.mapping, ==, mapping);
            g_assert_cmpint(facts.filtering, ==, filtering);
        }
}

static void test_hairpin_ports_tampering_and_fragments(void)
{
    World good = {.mapping = MP_NAT_IS_ENDPOINT_INDEPENDENT,
                  .filtering = MP_NAT_IS_ENDPOINT_INDEPENDENT,
                  .hairpins = TRUE,
                  .keeps_port = TRUE};
    MpNatFacts facts = play(&good);
    g_assert_cmpint(facts.hairpins, ==, MP_NAT_YES);
    g_assert_cmpint(facts.keeps_port, ==, MP_NAT_YES);
    g_assert_cmpint(facts.is_tampered, ==, MP_NAT_NO);
    g_assert_cmpint(facts.passes_fragments, ==, MP_NAT_YES);

    World bad = {.mapping = MP_NAT_IS_ENDPOINT_INDEPENDENT,
                 .filtering = MP_NAT_IS_ADDRESS_DEPENDENT,
                 .tampers = TRUE,
                 .drops_large = TRUE};
    facts = play(&bad);
    g_assert_cmpint(facts.hairpins, ==, MP_NAT_NO);
    g_assert_cmpint(facts.keeps_port, ==, MP_NAT_NO);
    g_assert_cmpint(facts.is_tampered, ==, MP_NAT_YES);
    g_assert_cmpint(facts.passes_fragments, ==, MP_NAT_NO);
}

static void test_a_server_with_one_address_settles_nothing(void)
{
    World world = {.mapping = MP_NAT_IS_ADDRESS_DEPENDENT,
                   .filtering = MP_NAT_IS_ENDPOINT_INDEPENDENT,
                   .has_one_address = TRUE,
                   .drops_large = TRUE};
    MpNatFacts facts = play(&world);
    g_assert_true(facts.is_answered);
    g_assert_false(facts.has_two);
    g_assert_cmpint(facts.mapping, ==, MP_NAT_IS_UNKNOWN);
    g_assert_cmpint(facts.filtering, ==, MP_NAT_IS_UNKNOWN);
    g_assert_cmpint(facts.passes_fragments, ==, MP_NAT_UNKNOWN);
}

static void test_a_server_that_answers_from_the_same_address_proves_no_open_filter(void)
{
    World world = {.mapping = MP_NAT_IS_ENDPOINT_INDEPENDENT,
                   .filtering = MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT,
                   .ignores_change = TRUE};
    g_assert_cmpint(play(&world).filtering, ==, MP_NAT_IS_UNKNOWN);
}

static void test_silence_is_unknown(void)
{
    World world = {.mapping = MP_NAT_IS_NONE, .is_silent = TRUE};
    MpNatFacts facts = play(&world);
    g_assert_false(facts.is_answered);
    g_assert_cmpint(facts.mapping, ==, MP_NAT_IS_UNKNOWN);
    g_assert_cmpint(facts.hairpins, ==, MP_NAT_UNKNOWN);
    g_assert_cmpuint(facts.requests_sent, ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/nat-discovery/kinds", test_every_mapping_and_filtering_is_told_apart);
    g_test_add_func("/session/nat-discovery/details", test_hairpin_ports_tampering_and_fragments);
    g_test_add_func("/session/nat-discovery/one-address",
                    test_a_server_with_one_address_settles_nothing);
    g_test_add_func("/session/nat-discovery/ignored-change",
                    test_a_server_that_answers_from_the_same_address_proves_no_open_filter);
    g_test_add_func("/session/nat-discovery/silence", test_silence_is_unknown);
    return g_test_run();
}
