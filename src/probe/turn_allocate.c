/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rung "allocate", and the two answers that a client acts on: 437 on a new 5-tuple, 300 at the
 * server that it names.
 */
#include "base/clock.h"
#include "probe/turn_ladder.h"
#include "wire/stun_registry.h"

/* Servers that send us on and on: RFC 8489 section 10 wants loops found; this also ends a chain. */
#define MOST_REDIRECTIONS 3

typedef struct {
    MpAddress tried[MOST_REDIRECTIONS + 1]; /* servers, with ports */
    guint n_tried;
    gboolean has_new_tuple;
} Detours;

static void set_address(MpTurnLadder *ladder, const char *name, const MpAddress *address)
{
    g_autofree char *text = mp_address_to_string(address);
    json_object_set_string_member(ladder->measurement->facts, name, text);
}

/* A 401 that came because there are no credentials to send says something else than a wrong
 * password does. */
static MpTurnReply ask(MpTurnLadder *ladder)
{
    MpTurnRequest request = {.operation = MP_TURN_ALLOCATE};
    MpTurnReply reply = mp_turn_leg_run(&ladder->near, &request, &ladder->limit);
    if (reply.outcome == MP_OUTCOME_AUTH_FAILED && !ladder->credentials)
        g_strlcpy(reply.status.detail, "the server asks for credentials and none were given",
                  sizeof reply.status.detail);
    return reply;
}

static void take_leg(MpTurnLadder *ladder, MpTurnLeg leg)
{
    ladder->requests_before += mp_turn_ladder_near_facts(ladder)->requests_sent;
    mp_turn_leg_clear(&ladder->near, ladder->limit.deadline);
    ladder->near = leg;
}

/* RFC 8656 section 7.4: the server still knows an allocation of this 5-tuple, a predecessor's with
 * the same port for instance. */
static gboolean leave_tuple(MpTurnLadder *ladder, Detours *detours)
{
    MpNetStatus status = {0};
    if (detours->has_new_tuple)
        return FALSE;
    detours->has_new_tuple = TRUE;
    MpTurnLeg leg = mp_turn_ladder_dial_again(ladder, &ladder->limit, &status);
    if (!leg.transport)
        return FALSE;
    set_address(ladder, "mismatched_address", &ladder->near.transport->local);
    set_address(ladder, "local_address", &leg.transport->local);
    take_leg(ladder, leg);
    return TRUE;
}

/* Why a redirection is not followed; NULL: it is. RFC 8489 section 10 and 14.15: the same family as
 * the request's, and no loop. */
static const char *objection(const MpTurnLadder *ladder, const Detours *detours,
                             const MpAddress *target)
{
    if (target->family == MP_FAMILY_NONE || target->port == 0)
        return "300 without ALTERNATE-SERVER";
    if (target->family != ladder->near.transport->peer.family)
        return "the alternate server is of another address family";
    for (guint i = 0; i < detours->n_tried; i++)
        if (mp_address_equal(target, &detours->tried[i]))
            return "the alternate server was asked before";
    return detours->n_tried > MOST_REDIRECTIONS ? "too many alternate servers, one after the other"
                                                : NULL;
}

static void set_server(MpTurnLadder *ladder, const MpAddress *target, const char *domain)
{
    const MpDialGoal before = mp_turn_ladder_goal(ladder);
    char *name = g_strdup(domain               ? domain
                          : before.server_name ? before.server_name
                                               : before.server->host);
    MpServerUri *server = mp_server_uri_copy(ladder->step->server);
    g_free(server->host);
    server->host = mp_address_to_ip_string(target);
    server->port = target->port;
    mp_server_uri_free(ladder->server);
    g_free(ladder->server_name);
    ladder->server = server;
    ladder->server_name = name;
}

/* To the server that 300 named, by the same transport and with the same credentials: a stage with
 * the connection and a Binding, since silence there is not the first server's. */
static gboolean follow(MpTurnLadder *ladder, Detours *detours)
{
    const MpTurnFacts *told = mp_turn_ladder_near_facts(ladder);
    const MpAddress target = told->alternate;
    MpNetStatus status = {0};
    const MpTime began = mp_clock_now();
    set_address(ladder, "alternate_server", &target);
    set_server(ladder, &target, told->alternate_domain);
    detours->tried[detours->n_tried++] = target;

    const MpDialGoal goal = mp_turn_ladder_goal(ladder);
    const MpNetTransport known = {.peer = goal.is_proxied ? ladder->near.transport->peer : target};
    MpTurnLeg leg = mp_turn_leg_init(mp_dial_again(&known, &goal, &ladder->limit, &status),
                                     ladder->credentials);
    MpTurnReply reply = leg.transport
                            ? mp_turn_leg_run(&leg, &(MpTurnRequest){.operation = MP_TURN_BINDING},
                                              &ladder->limit)
                            : mp_turn_reply_of_status(&status);
    reply.took = mp_clock_now() - began;
    if (!mp_turn_ladder_add_stage(ladder, "redirect", &reply)) {
        mp_turn_leg_clear(&leg, ladder->limit.deadline);
        return FALSE;
    }
    take_leg(ladder, leg);
    set_address(ladder, "served_by", &target);
    if (goal.server_name != NULL)
        json_object_set_string_member(ladder->measurement->facts, "served_by_name",
                                      goal.server_name);
    set_address(ladder, "local_address", &leg.transport->local);
    return TRUE;
}

gboolean mp_turn_rung_allocate(MpTurnLadder *ladder)
{
    Detours detours = {.tried = {ladder->near.transport->peer}, .n_tried = 1};
    MpTurnReply reply = ask(ladder);
    for (;;) {
        if (reply.code == MP_STUN_ERROR_ALLOCATION_MISMATCH && leave_tuple(ladder, &detours)) {
            reply = ask(ladder);
            continue;
        }
        if (reply.code != MP_STUN_ERROR_TRY_ALTERNATE)
            break;
        const char *why_not = objection(ladder, &detours,
                                        &mp_turn_ladder_near_facts(ladder)->alternate);
        if (why_not) {
            g_strlcpy(reply.status.detail, why_not, sizeof reply.status.detail);
            break;
        }
        if (!follow(ladder, &detours))
            return FALSE;
        reply = ask(ladder);
    }
    return mp_turn_ladder_add_stage(ladder, "allocate", &reply);
}
