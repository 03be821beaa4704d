/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A TURN client against a server that answers anything, in virtual time. The input is a list of
 * commands: one byte of kind, one of argument, and for messages the bytes themselves. Whatever
 * comes, an operation ends once and not after its limit.
 */
#include <string.h>

#include "session/turn_client.h"
#include "wire/stun_builder.h"
#include "wire/stun_check.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define SPAN MP_SEC(40)

typedef struct {
    MpTurnClient *client;
    MpTime now;
    MpTime limit;
    gboolean is_busy;
    MpStunId id; /* of the last request */
    guint method;
} World;

static void take_event(World *world, const MpTurnEvent *event)
{
    if (event->type == MP_TURN_EVENT_NONE || event->type == MP_TURN_EVENT_DATA)
        return;
    g_assert_true(world->is_busy);
    g_assert_cmpint(world->now, <=, world->limit);
    g_assert_true(event->type != MP_TURN_EVENT_ERROR || event->code >= 300);
    g_assert_true(!event->reason || g_utf8_validate(event->reason, -1, NULL));
    world->is_busy = FALSE;
    g_assert_cmpint(mp_turn_client_deadline(world->client), ==, MP_NEVER);
}

static void advance(World *world)
{
    MpBytes output;
    MpTurnEvent event = mp_turn_client_advance(world->client, world->now, &output);
    if (output.length > 0) {
        MpStunMessage request;
        g_assert_true(mp_stun_parse(&request, output.data, output.length));
        world->id = request.id;
        world->method = request.method;
    }
    take_event(world, &event);
}

static void begin(World *world, guint8 argument)
{
    MpTurnRequest request = {.operation = (MpTurnOperation)(argument % (MP_TURN_REFRESH + 1)),
                             .channel = 0x4000,
                             .lifetime_s = argument & 0x80 ? 0 : 600};
    g_assert_true(mp_address_parse(&request.peer, "192.0.2.1", 9000));
    world->limit = world->now + SPAN;
    world->is_busy = TRUE;
    mp_turn_client_begin(world->client, &request, world->now, world->limit);
    advance(world);
}

static void wait_for_deadline(World *world, guint8 argument)
{
    (void)argument;
    MpTime deadline = mp_turn_client_deadline(world->client);
    if (deadline == MP_NEVER)
        return;
    g_assert_cmpint(deadline, <=, world->limit);
    world->now = MAX(world->now, deadline);
    advance(world);
}

static void deliver(World *world, MpBytes bytes)
{
    MpTurnEvent event = mp_turn_client_receive(world->client, bytes, world->now);
    take_event(world, &event);
    advance(world);
}

/* The input's attributes behind a header that fits our request; signed with the right key where
 * the argument says so. */
static void deliver_answer(World *world, guint8 argument, MpBytes attributes)
{
    guint8 buffer[512];
    MpStunClass class = argument & 1 ? MP_STUN_ERROR : MP_STUN_SUCCESS;
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer, class, world->method,
                                                 &world->id);
    MpReader reader = mp_reader_init(attributes.data, attributes.length);
    while (mp_reader_left(&reader) >= 3) {
        guint16 type = mp_reader_u16(&reader);
        gsize length = mp_reader_u8(&reader);
        MpBytes value = mp_reader_bytes(&reader, MIN(length, mp_reader_left(&reader)));
        mp_stun_add(&builder, type, value.data, value.length);
    }
    const char *realm = mp_turn_client_facts(world->client)->realm;
    if (argument & 2 && realm) {
        guint8 key[MP_STUN_KEY_LENGTH];
        mp_stun_long_term_key("user", realm, "password", key);
        mp_stun_add_integrity(&builder, (MpBytes){key, sizeof key});
    }
    deliver(world, (MpBytes){buffer, mp_stun_builder_end(&builder)});
}

static void run(World *world, const guint8 *data, gsize size)
{
    MpReader reader = mp_reader_init(data, size);
    while (mp_reader_left(&reader) >= 2) {
        guint8 kind = mp_reader_u8(&reader);
        guint8 argument = mp_reader_u8(&reader);
        if (kind % 4 == 0) {
            begin(world, argument);
        } else if (kind % 4 == 1) {
            wait_for_deadline(world, argument);
        } else {
            MpBytes bytes = mp_reader_bytes(&reader, MIN(argument, mp_reader_left(&reader)));
            if (kind % 4 == 2)
                deliver(world, bytes);
            else
                deliver_answer(world, kind >> 2, bytes);
        }
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size < 1)
        return 0;
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_new("user", "password");
    g_autoptr(MpTurnClient)
        client = mp_turn_client_new(data[0] & 1 ? credentials : NULL, (data[0] & 2) != 0);
    World world = {.client = client, .now = MP_SEC(1)};
    run(&world, data + 1, size - 1);

    /* Left alone, what is under way ends by itself. */
    for (guint i = 0; world.is_busy; i++) {
        g_assert_cmpuint(i, <, 20);
        wait_for_deadline(&world, 0);
    }
    return 0;
}
