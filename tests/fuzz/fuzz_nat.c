/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * NAT discovery and the search for the lifetime of a flow against a server that answers anything,
 * in virtual time. Each answer is three bytes and a body: whose question is answered, on which
 * socket, how many bytes of attributes. Whatever comes, both end by their limit.
 */
#include "session/nat_discovery.h"
#include "session/nat_lifetime.h"
#include "wire/stun_builder.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define START MP_SEC(1)
#define LONGEST MP_SEC(22)
#define LIMIT (START + MP_SEC(40))
#define REMEMBERED 16

typedef struct {
    MpReader reader;
    MpStunId ids[REMEMBERED]; /* of the last questions */
    guint n_sent;
    MpTime now;
} World;

static void remember(World *world, MpBytes message)
{
    MpStunMessage request;
    g_assert_true(mp_stun_parse(&request, message.data, message.length));
    world->ids[world->n_sent++ % REMEMBERED] = request.id;
}

/* The next answer of the input; its length is 0 at the end. */
static MpBytes next_answer(World *world, guint8 buffer[512], guint *socket)
{
    if (mp_reader_left(&world->reader) < 3 || world->n_sent == 0)
        return (MpBytes){NULL, 0};
    guint8 whose = mp_reader_u8(&world->reader);
    *socket = mp_reader_u8(&world->reader);
    gsize left = MIN(mp_reader_u8(&world->reader), mp_reader_left(&world->reader));
    MpBytes body = mp_reader_bytes(&world->reader, left);
    const guint known = MIN(world->n_sent, REMEMBERED);
    MpStunBuilder builder = mp_stun_builder_init(
        buffer, 512, whose & 0x80 ? MP_STUN_ERROR : MP_STUN_SUCCESS, MP_STUN_METHOD_BINDING,
        &world->ids[(whose & 0x7F) % known]);
    MpReader attributes = mp_reader_init(body.data, body.length);
    while (mp_reader_left(&attributes) >= 3) {
        guint16 type = mp_reader_u16(&attributes);
        gsize length = mp_reader_u8(&attributes);
        MpBytes value = mp_reader_bytes(&attributes, MIN(length, mp_reader_left(&attributes)));
        mp_stun_add(&builder, type, value.data, value.length);
    }
    return (MpBytes){buffer, mp_stun_builder_end(&builder)};
}

static void discover(const guint8 *data, gsize size, const MpAddress *server,
                     const MpAddress *locals)
{
    World world = {.reader = mp_reader_init(data, size), .now = START};
    g_autoptr(MpNatDiscovery) discovery = mp_nat_discovery_new(server, locals, START, LIMIT);
    MpTime next;
    while ((next = mp_nat_discovery_deadline(discovery)) != MP_NEVER) {
        g_assert_cmpint(next, <=, LIMIT);
        world.now = MAX(world.now, next);
        MpNatSend send;
        while (mp_nat_discovery_advance(discovery, world.now, &send))
            remember(&world, send.message);
        guint8 buffer[512];
        guint socket;
        MpBytes answer = next_answer(&world, buffer, &socket);
        if (answer.length > 0)
            mp_nat_discovery_receive(discovery, (MpNatSocket)(socket % MP_NAT_N_SOCKETS), server,
                                     answer, world.now);
    }
    (void)mp_nat_discovery_facts(discovery);
}

static void search(const guint8 *data, gsize size, const MpAddress *locals)
{
    World world = {.reader = mp_reader_init(data, size), .now = START};
    g_autoptr(MpNatLifetime) lifetime = mp_nat_lifetime_new(locals, LONGEST, START, LIMIT);
    MpTime next;
    while ((next = mp_nat_lifetime_deadline(lifetime)) != MP_NEVER) {
        g_assert_cmpint(next, <=, LIMIT);
        world.now = MAX(world.now, next);
        guint socket;
        MpBytes message;
        while (mp_nat_lifetime_advance(lifetime, world.now, &socket, &message))
            remember(&world, message);
        guint8 buffer[512];
        MpBytes answer = next_answer(&world, buffer, &socket);
        if (answer.length > 0)
            mp_nat_lifetime_receive(lifetime, socket % mp_nat_lifetime_sockets(LONGEST), answer,
                                    world.now);
    }
    MpNatLifetimeFacts facts = mp_nat_lifetime_facts(lifetime);
    g_assert_cmpint(facts.kept_for, <, facts.lost_after);
    g_assert_cmpint(facts.kept_for, <=, LONGEST);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    MpAddress server;
    MpAddress locals[MP_NAT_LIFETIME_MAX_SOCKETS];
    g_assert_true(mp_address_parse(&server, "192.0.2.1", 3478));
    for (guint i = 0; i < MP_NAT_LIFETIME_MAX_SOCKETS; i++)
        g_assert_true(mp_address_parse(&locals[i], "10.0.0.5", (guint16)(50000 + i)));
    discover(data, size, &server, locals);
    search(data, size, locals);
    return 0;
}
