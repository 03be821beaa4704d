/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a TURN server can do that media does not need, asked on a 5-tuple of its own.
 */
#include "base/clock.h"
#include "probe/turn_ladder.h"
#include "wire/stun_registry.h"

/* For a question whose answer is a remark only. */
#define QUESTION_LIMIT MP_MSEC(2000)

static void set_text(MpTurnLadder *ladder, const char *name, const char *text)
{
    json_object_set_string_member(ladder->measurement->facts, name, text);
}

static MpNetLimit question_limit(const MpTurnLadder *ladder)
{
    return (MpNetLimit){.deadline = MIN(ladder->limit.deadline, mp_clock_now() + QUESTION_LIMIT),
                        .cancellable = ladder->limit.cancellable};
}

/* FALSE where there is no place for a second allocation, because of a quota for instance. The far
 * end's has served, and gives its place up. */
static gboolean make_place(MpTurnLadder *ladder)
{
    if (!ladder->far.transport)
        return ladder->no_far.outcome == MP_OUTCOME_ANSWERED;
    const MpNetLimit limit = question_limit(ladder);
    mp_turn_leg_clear(&ladder->far, limit.deadline);
    return TRUE;
}

/* Allocates on a new 5-tuple; the leg is lent until it is cleared, and closed where it could not be
 * opened. */
static MpTurnReply ask(MpTurnLadder *ladder, const MpTurnRequest *request, MpTurnLeg *leg)
{
    MpTurnReply reply = {.outcome = MP_OUTCOME_NOT_RUN};
    const MpNetLimit limit = question_limit(ladder);
    MpNetStatus status = {0};
    *leg = mp_turn_ladder_dial_again(ladder, &limit, &status);
    return leg->transport ? mp_turn_leg_run(leg, request, &limit) : reply;
}

/* Whether the server relays TCP as well, RFC 6062. Such an allocation takes TCP or TLS to the
 * server. */
gboolean mp_turn_rung_ask_tcp_relay(MpTurnLadder *ladder)
{
    if (!ladder->near.transport->is_stream || !make_place(ladder))
        return TRUE;
    MpTurnLeg leg;
    const MpTurnRequest request = {.operation = MP_TURN_ALLOCATE, .wants_tcp = TRUE};
    const MpTurnReply reply = ask(ladder, &request, &leg);
    if (leg.transport)
        set_text(ladder, "tcp_allocation",
                 reply.outcome == MP_OUTCOME_ANSWERED                         ? "yes"
                 : reply.code == MP_STUN_ERROR_UNSUPPORTED_TRANSPORT_PROTOCOL ? "no"
                                                                              : "unknown");
    mp_turn_leg_clear(&leg, question_limit(ladder).deadline);
    return TRUE;
}

static void set_ipv6(MpTurnLadder *ladder, const char *answer, guint code, const MpAddress *relayed)
{
    set_text(ladder, "ipv6_relay", answer);
    if (code)
        json_object_set_int_member(ladder->measurement->facts, "ipv6_relay_code", code);
    if (!relayed || relayed->family != MP_FAMILY_IPV6)
        return;
    g_autofree char *text = mp_address_to_string(relayed);
    set_text(ladder, "ipv6_relayed_address", text);
}

/* RFC 8656 section 7.2: 440 is the server's no, and with 508 it has no such address to give. */
static const char *word_of(const MpTurnReply *reply)
{
    return reply->outcome == MP_OUTCOME_ANSWERED                       ? "yes"
           : reply->code == MP_STUN_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED ? "no"
           : reply->code == MP_STUN_ERROR_INSUFFICIENT_CAPACITY        ? "no"
                                                                       : "unknown";
}

/* By REQUESTED-ADDRESS-FAMILY: instead of an IPv4 one. */
static void ask_ipv6_alone(MpTurnLadder *ladder)
{
    MpTurnLeg leg;
    const MpTurnRequest request = {.operation = MP_TURN_ALLOCATE, .family = MP_FAMILY_IPV6};
    const MpTurnReply reply = ask(ladder, &request, &leg);
    if (leg.transport)
        set_ipv6(ladder, word_of(&reply), reply.code, &mp_turn_client_facts(leg.client)->relayed);
    mp_turn_leg_clear(&leg, question_limit(ladder).deadline);
}

/* Whether it relays to IPv6 peers: first by ADDITIONAL-ADDRESS-FAMILY, beside an IPv4 address. A
 * server need not know that attribute; then an allocation for IPv6 alone tells. */
gboolean mp_turn_rung_ask_ipv6_relay(MpTurnLadder *ladder)
{
    if (!make_place(ladder))
        return TRUE;
    MpTurnLeg leg;
    const MpTurnRequest request = {.operation = MP_TURN_ALLOCATE, .wants_both = TRUE};
    const MpTurnReply reply = ask(ladder, &request, &leg);
    const MpTurnFacts *told = leg.transport ? mp_turn_client_facts(leg.client) : NULL;
    gboolean is_ignored = FALSE;
    if (told && reply.outcome == MP_OUTCOME_ANSWERED) {
        const gboolean is_given = told->relayed_beside.family == MP_FAMILY_IPV6;
        is_ignored = !is_given && told->beside_code == 0;
        set_text(ladder, "additional_family", is_given ? "yes" : is_ignored ? "ignored" : "no");
        if (!is_ignored)
            set_ipv6(ladder, is_given ? "yes" : "no", told->beside_code, &told->relayed_beside);
    }
    mp_turn_leg_clear(&leg, question_limit(ladder).deadline);
    if (is_ignored)
        ask_ipv6_alone(ladder);
    return TRUE;
}
