/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each operation of a TURN client puts into its request and takes from a success answer.
 */
#include "session/turn_client_state.h"
#include "wire/turn.h"

static void write_nothing(const MpTurnRequest *request, MpStunBuilder *builder)
{
    (void)request;
    (void)builder;
}

static void write_allocate(const MpTurnRequest *request, MpStunBuilder *builder)
{
    mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_REQUESTED_TRANSPORT,
                    request->wants_tcp ? MP_TURN_REQUEST_TCP : MP_TURN_REQUEST_UDP);
    if (request->family != MP_FAMILY_NONE)
        mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_REQUESTED_ADDRESS_FAMILY,
                        request->family == MP_FAMILY_IPV6 ? MP_TURN_FAMILY_IPV6
                                                          : MP_TURN_FAMILY_IPV4);
    if (request->wants_both)
        mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_ADDITIONAL_ADDRESS_FAMILY, MP_TURN_FAMILY_IPV6);
}

static void write_peer(const MpTurnRequest *request, MpStunBuilder *builder)
{
    mp_stun_add_address(builder, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &request->peer);
}

static void write_channel(const MpTurnRequest *request, MpStunBuilder *builder)
{
    mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_CHANNEL_NUMBER, (guint32)request->channel << 16);
    write_peer(request, builder);
}

static void write_lifetime(const MpTurnRequest *request, MpStunBuilder *builder)
{
    mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_LIFETIME, request->lifetime_s);
}

static const char *read_mapped(MpTurnClient *client, const MpStunMessage *answer)
{
    if (mp_stun_get_address(answer, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &client->facts.mapped) ||
        mp_stun_get_address(answer, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, &client->facts.mapped))
        return NULL;
    return "a success answer without XOR-MAPPED-ADDRESS";
}

static void read_beside(MpTurnFacts *facts, const MpStunMessage *answer)
{
    if (facts->relayed.family != MP_FAMILY_IPV4 ||
        !mp_stun_get_address_of(answer, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS, MP_FAMILY_IPV6,
                                &facts->relayed_beside))
        mp_stun_get_address_error(answer, &facts->beside_code);
}

/* An address of the family that was asked for. */
static gboolean read_relayed(const MpTurnRequest *request, const MpStunMessage *answer,
                             MpAddress *relayed)
{
    const guint type = MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS;
    if (request->family != MP_FAMILY_NONE)
        return mp_stun_get_address_of(answer, type, request->family, relayed);
    return mp_stun_get_address_of(answer, type, MP_FAMILY_IPV4, relayed) ||
           mp_stun_get_address(answer, type, relayed);
}

static const char *read_allocation(MpTurnClient *client, const MpStunMessage *answer)
{
    MpAddress relayed;
    guint32 lifetime;
    if (!mp_stun_has(answer, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS))
        return "an Allocate answer without XOR-RELAYED-ADDRESS";
    if (!read_relayed(&client->request, answer, &relayed))
        return "an Allocate answer with a relay address of another family than was asked for";
    if (!mp_stun_get_u32(answer, MP_STUN_ATTRIBUTE_LIFETIME, &lifetime))
        return "an Allocate answer without LIFETIME";
    const char *problem = read_mapped(client, answer);
    if (problem)
        return problem;
    client->facts.relayed = relayed;
    client->facts.lifetime_s = lifetime;
    if (client->request.wants_both)
        read_beside(&client->facts, answer);
    return NULL;
}

static const char *read_nothing(MpTurnClient *client, const MpStunMessage *answer)
{
    (void)client;
    (void)answer;
    return NULL;
}

MpTurnChannel *mp_turn_client_find_channel(const MpTurnClient *client, guint16 number)
{
    for (guint i = 0; i < client->channels->len; i++) {
        MpTurnChannel *channel = &g_array_index(client->channels, MpTurnChannel, i);
        if (channel->number == number)
            return channel;
    }
    return NULL;
}

static const char *read_channel(MpTurnClient *client, const MpStunMessage *answer)
{
    (void)answer;
    if (!mp_turn_client_find_channel(client, client->request.channel)) {
        MpTurnChannel channel = {client->request.channel, client->request.peer};
        g_array_append_val(client->channels, channel);
    }
    return NULL;
}

static const char *read_refresh(MpTurnClient *client, const MpStunMessage *answer)
{
    if (client->request.lifetime_s == 0) {
        client->facts.relayed = (MpAddress){0};
        client->facts.relayed_beside = (MpAddress){0};
        return NULL;
    }
    guint32 lifetime;
    if (!mp_stun_get_u32(answer, MP_STUN_ATTRIBUTE_LIFETIME, &lifetime))
        return "a Refresh answer without LIFETIME";
    client->facts.refreshed_s = lifetime;
    return NULL;
}

static const MpTurnRules rules[] = {
    [MP_TURN_BINDING] = {MP_STUN_METHOD_BINDING, FALSE, write_nothing, read_mapped},
    [MP_TURN_ALLOCATE] = {MP_STUN_METHOD_ALLOCATE, TRUE, write_allocate, read_allocation},
    [MP_TURN_CREATE_PERMISSION] = {MP_STUN_METHOD_CREATE_PERMISSION, TRUE, write_peer,
                                   read_nothing},
    [MP_TURN_CHANNEL_BIND] = {MP_STUN_METHOD_CHANNEL_BIND, TRUE, write_channel, read_channel},
    [MP_TURN_REFRESH] = {MP_STUN_METHOD_REFRESH, TRUE, write_lifetime, read_refresh},
};

const MpTurnRules *mp_turn_rules(MpTurnOperation operation)
{
    return &rules[operation];
}
