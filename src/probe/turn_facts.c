/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a TURN server told, as facts of the measurement.
 */
#include "probe/round_trips.h"
#include "probe/turn_ladder.h"

static void set_address(JsonObject *facts, const char *name, const MpAddress *address)
{
    if (address->family == MP_FAMILY_NONE)
        return;
    g_autofree char *text = mp_address_to_string(address);
    json_object_set_string_member(facts, name, text);
}

static void set_text(JsonObject *facts, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(facts, name, text);
}

static const char *auth_name(const MpTurnLadder *ladder)
{
    const MpTurnFacts *told = mp_turn_ladder_near_facts(ladder);
    if (told->was_challenged && ladder->credentials)
        return ladder->context->targets->turn_secret ? "rest" : "long-term";
    return told->relayed.family != MP_FAMILY_NONE ? "none" : NULL;
}

void mp_turn_ladder_set_facts(const MpTurnLadder *ladder)
{
    JsonObject *facts = ladder->measurement->facts;
    const MpTurnFacts *told = mp_turn_ladder_near_facts(ladder);
    set_address(facts, "mapped_address", &told->mapped);
    set_address(facts, "relayed_address", &told->relayed);
    if (told->alternate.family != MP_FAMILY_NONE)
        set_address(facts, "alternate_server", &told->alternate);
    if (told->relayed.family != MP_FAMILY_NONE)
        json_object_set_int_member(facts, "lifetime_s", told->lifetime_s);
    if (told->refreshed_s > 0)
        json_object_set_int_member(facts, "refreshed_lifetime_s", told->refreshed_s);
    set_text(facts, "realm", told->realm);
    set_text(facts, "software", told->software);
    set_text(facts, "auth", auth_name(ladder));
    json_object_set_int_member(facts, "requests_sent",
                               ladder->requests_before + told->requests_sent);
    mp_facts_set_round_trips(facts, told->round_trips);
}
