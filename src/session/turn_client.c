/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN client's state machine.
 */
#include "session/turn_client.h"

#include <string.h>

#include "base/random.h"
#include "session/turn_client_state.h"
#include "wire/turn.h"

MpTurnClient *mp_turn_client_new(const MpTurnCredentials *credentials, gboolean is_stream)
{
    MpTurnClient *client = g_new0(MpTurnClient, 1);
    client->login = mp_turn_login_init(credentials);
    client->is_stream = is_stream;
    client->channels = g_array_new(FALSE, FALSE, sizeof(MpTurnChannel));
    client->facts.round_trips = g_array_new(FALSE, FALSE, sizeof(MpTime));
    return client;
}

void mp_turn_client_free(MpTurnClient *client)
{
    if (!client)
        return;
    mp_turn_login_clear(&client->login);
    g_array_unref(client->channels);
    g_array_unref(client->facts.round_trips);
    g_free(client->facts.alternate_domain);
    g_free(client->facts.software);
    g_free(client->reason);
    g_free(client);
}

const MpTurnFacts *mp_turn_client_facts(const MpTurnClient *client)
{
    return &client->facts;
}

void mp_turn_client_start_transaction(MpTurnClient *client, MpTime now)
{
    const MpTurnRules *rules = mp_turn_rules(client->request.operation);
    MpStunId id;
    mp_random_bytes(id.bytes, sizeof id.bytes);
    MpStunBuilder builder = mp_stun_builder_init(client->message, sizeof client->message,
                                                 MP_STUN_REQUEST, rules->method, &id);
    rules->write(&client->request, &builder);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "mediapath");
    if (client->is_authenticated)
        mp_turn_login_add(&client->login, &builder);
    client->message_length = mp_stun_builder_end(&builder);
    client->transaction = mp_stun_transaction_init(&id, client->is_stream, now, client->limit);
}

void mp_turn_client_begin(MpTurnClient *client, const MpTurnRequest *request, MpTime now,
                          MpTime limit)
{
    client->is_busy = TRUE;
    client->request = *request;
    client->limit = limit;
    client->stale_retries = 0;
    client->disbelief = NULL;
    client->is_authenticated = client->login.credentials && client->login.nonce_length > 0 &&
                               mp_turn_rules(request->operation)->takes_credentials;
    mp_turn_client_start_transaction(client, now);
}

/* -- how an operation ends --------------------------------------------------------------------- */

static const MpTurnEvent nothing = {.type = MP_TURN_EVENT_NONE};

MpTurnEvent mp_turn_client_finish(MpTurnClient *client, MpTurnEventType type, guint code,
                                  char *reason)
{
    g_free(client->reason);
    client->reason = reason;
    client->is_busy = FALSE;
    client->transaction.deadline = MP_NEVER;
    return (MpTurnEvent){.type = type, .code = code, .reason = client->reason};
}

MpTurnEvent mp_turn_client_disbelieve(MpTurnClient *client, const char *why)
{
    client->facts.disbelieved++;
    client->disbelief = why;
    return client->is_stream
               ? mp_turn_client_finish(client, MP_TURN_EVENT_MALFORMED, 0, g_strdup(why))
               : nothing;
}

static MpTurnEvent time_out(MpTurnClient *client)
{
    return client->disbelief ? mp_turn_client_finish(client, MP_TURN_EVENT_MALFORMED, 0,
                                                     g_strdup(client->disbelief))
                             : mp_turn_client_finish(client, MP_TURN_EVENT_SILENT, 0, NULL);
}

MpTurnEvent mp_turn_client_advance(MpTurnClient *client, MpTime now, MpBytes *output)
{
    *output = (MpBytes){NULL, 0};
    if (!client->is_busy)
        return nothing;
    if (client->message_length == 0)
        return mp_turn_client_finish(
            client, MP_TURN_EVENT_MALFORMED, 0,
            g_strdup("user name, realm and nonce are too long for a request"));

    MpStunStep step = mp_stun_transaction_advance(&client->transaction, now);
    if (step == MP_STUN_STEP_TIMED_OUT)
        return time_out(client);
    if (step == MP_STUN_STEP_SEND) {
        *output = (MpBytes){client->message, client->message_length};
        client->facts.requests_sent++;
    }
    return nothing;
}

MpTime mp_turn_client_deadline(const MpTurnClient *client)
{
    return client->is_busy ? mp_stun_transaction_deadline(&client->transaction) : MP_NEVER;
}

/* -- answers ----------------------------------------------------------------------------------- */

/* It is discarded, RFC 8489 section 6.3.1; but where nothing else ever came, that is no silence.
 * Later it may be the copy of an answer that was taken already. */
static MpTurnEvent ignore_because(MpTurnClient *client, const char *why)
{
    client->facts.ignored++;
    if (client->is_busy && client->transaction.sends > 0 && client->facts.responses_received == 0)
        client->disbelief = why;
    return nothing;
}

static MpTurnEvent ignore(MpTurnClient *client)
{
    return ignore_because(client, "what came answers no request of ours");
}

static gboolean has_our_id(const MpTurnClient *client, const MpStunMessage *message)
{
    return client->is_busy && client->transaction.sends > 0 &&
           memcmp(message->id.bytes, client->transaction.id.bytes, MP_STUN_ID_LENGTH) == 0;
}

static gboolean is_answer(const MpStunMessage *message)
{
    return message->class == MP_STUN_SUCCESS || message->class == MP_STUN_ERROR;
}

static MpTurnEvent receive_stray(MpTurnClient *client, const MpStunMessage *message)
{
    if (is_answer(message))
        return ignore_because(client, "an answer with another transaction id than was asked");
    if (has_our_id(client, message))
        return ignore_because(client, "the request itself came back, with its transaction id");
    return ignore(client);
}

static MpTurnEvent receive_data_indication(MpTurnClient *client, const MpStunMessage *message)
{
    MpTurnEvent event = {.type = MP_TURN_EVENT_DATA};
    if (message->form != MP_STUN_FORM_GOOD ||
        !mp_stun_get_address(message, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &event.peer) ||
        !mp_stun_find(message, MP_STUN_ATTRIBUTE_DATA, &event.payload))
        return ignore(client);
    return event;
}

static MpTurnEvent receive_channel_data(MpTurnClient *client, MpBytes message)
{
    guint16 number;
    MpTurnEvent event = {.type = MP_TURN_EVENT_DATA, .is_channel = TRUE};
    if (!mp_turn_parse_channel_data(message.data, message.length, &number, &event.payload))
        return ignore(client);
    const MpTurnChannel *channel = mp_turn_client_find_channel(client, number);
    if (!channel)
        return ignore(client);
    event.peer = channel->peer;
    return event;
}

/* What is no STUN at all is disbelieved as an answer only if it came while one was awaited. */
static MpTurnEvent receive_garbage(MpTurnClient *client)
{
    if (!client->is_busy || client->transaction.sends == 0)
        return ignore(client);
    return mp_turn_client_disbelieve(client, mp_stun_form_text(MP_STUN_FORM_NOT_STUN));
}

MpTurnEvent mp_turn_client_receive(MpTurnClient *client, MpBytes bytes, MpTime now)
{
    if (bytes.length > 0 && bytes.data[0] >> 6 == 1)
        return receive_channel_data(client, bytes);
    MpStunMessage message;
    mp_stun_parse(&message, bytes.data, bytes.length);
    if (message.form == MP_STUN_FORM_NOT_STUN)
        return receive_garbage(client);
    if (message.class == MP_STUN_INDICATION && message.method == MP_STUN_METHOD_DATA)
        return receive_data_indication(client, &message);
    if (is_answer(&message) && has_our_id(client, &message))
        return mp_turn_client_take_answer(client, &message, now);
    return receive_stray(client, &message);
}

/* -- data -------------------------------------------------------------------------------------- */

gsize mp_turn_client_write_send(const MpAddress *peer, MpBytes payload, guint8 *out, gsize capacity)
{
    MpStunId id;
    mp_random_bytes(id.bytes, sizeof id.bytes);
    MpStunBuilder builder = mp_stun_builder_init(out, capacity, MP_STUN_INDICATION,
                                                 MP_STUN_METHOD_SEND, &id);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, peer);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_DATA, payload.data, payload.length);
    return mp_stun_builder_end(&builder);
}

gsize mp_turn_client_write_channel(const MpTurnClient *client, guint16 channel, MpBytes payload,
                                   guint8 *out, gsize capacity)
{
    if (!mp_turn_client_find_channel(client, channel))
        return 0;
    return mp_turn_write_channel_data(out, capacity, channel, payload, client->is_stream);
}
