/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Provokes what a TURN server says to wrong questions on one 5-tuple, with the product's own
 * client, and prints the codes as JSON: a second allocation, another user on the first one, a TCP
 * relay.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>

#include "base/clock.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "probe/turn_leg.h"

#define WAIT MP_SEC(5)

typedef struct {
    JsonObject *codes;
    MpNetLimit limit;
} Run;

static void ask(Run *run, const char *name, MpTurnLeg *leg, const MpTurnRequest *request)
{
    MpTurnReply reply = mp_turn_leg_run(leg, request, &run->limit);
    JsonObject *told = json_object_new();
    json_object_set_string_member(told, "outcome", mp_outcome_name(reply.outcome));
    json_object_set_int_member(told, "code", reply.code);
    json_object_set_string_member(told, "detail", reply.status.detail);
    json_object_set_object_member(run->codes, name, told);
}

/* Two clients share the first transport: to the server they are one. */
static void ask_on(Run *run, MpNetTransport *transport, MpTurnCredentials *own,
                   MpTurnCredentials *other)
{
    const MpTurnRequest allocate = {.operation = MP_TURN_ALLOCATE};
    MpTurnRequest permit = {.operation = MP_TURN_CREATE_PERMISSION};
    g_assert_true(mp_address_parse(&permit.peer, "127.0.0.1", 9));
    MpTurnLeg first = mp_turn_leg_init(transport, own);
    ask(run, "allocate", &first, &allocate);

    g_autoptr(MpTurnClient) same = mp_turn_client_new(own, transport->is_stream);
    MpTurnLeg again = {transport, same};
    ask(run, "allocate again", &again, &allocate);

    g_autoptr(MpTurnClient) stranger = mp_turn_client_new(other, transport->is_stream);
    MpTurnLeg strange = {transport, stranger};
    ask(run, "permit as another", &strange, &permit);
    mp_turn_leg_clear(&first, run->limit.deadline);
}

static MpNetTransport *open_transport(const char *kind, const MpAddress *server,
                                      const MpNetLimit *limit)
{
    MpNetStatus status = {0};
    return g_str_equal(kind, "udp") ? mp_net_udp_open(server, &status)
                                    : mp_net_tcp_open(server, limit, &status);
}

int main(int argc, char **argv)
{
    MpAddress server;
    if (argc != 7 || !mp_address_parse_with_port(&server, argv[2])) {
        fprintf(stderr, "usage: run_turn_codes udp|tcp ADDRESS USER PASSWORD USER PASSWORD\n");
        return 1;
    }
    g_autoptr(MpTurnCredentials) own = mp_turn_credentials_new(argv[3], argv[4]);
    g_autoptr(MpTurnCredentials) other = mp_turn_credentials_new(argv[5], argv[6]);
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    Run run = {.codes = json_object_new(), .limit = {.deadline = mp_clock_now() + WAIT}};
    json_node_take_object(root, run.codes);

    MpNetTransport *transport = open_transport(argv[1], &server, &run.limit);
    if (transport)
        ask_on(&run, transport, own, other);
    transport = open_transport(argv[1], &server, &run.limit);
    if (transport) {
        MpTurnLeg leg = mp_turn_leg_init(transport, own);
        ask(&run, "allocate tcp", &leg,
            &(MpTurnRequest){.operation = MP_TURN_ALLOCATE, .wants_tcp = TRUE});
        mp_turn_leg_clear(&leg, run.limit.deadline);
    }
    g_autofree char *text = json_to_string(root, TRUE);
    puts(text);
    return 0;
}
