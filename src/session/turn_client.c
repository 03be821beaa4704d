/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN client's state machine.
 */
#include "session/turn_client.h"

#include <string.h>

#include "base/random.h"
#include "wire/stun_builder.h"
#include "wire/stun_check.h"
#include "wire/turn.h"

/* RFC 8489 sections 14.9 and 14.10: fewer than 128 characters, which is up to 763 bytes. */
#define MAX_REALM 763
#define MAX_NONCE 763
/* Room for a request with the longest user name, realm and nonce. */
#define MAX_REQUEST 4096
/* A server whose every nonce is stale at once must not keep us going round. */
#define MAX_STALE_RETRIES 2

typedef struct {
    guint16 number;
    MpAddress peer;
} Channel;

struct _MpTurnClient {
    MpTurnCredentials *credentials; /* NULL: none */
    gboolean is_stream;
    MpTurnFacts facts;
    GArray *channels; /* Channel */

    guint8 key[MP_STUN_KEY_LENGTH]; /* of the realm in facts */
    guint8 nonce[MAX_NONCE];
    gsize nonce_length; /* 0: none yet */

    gboolean is_busy;
    MpTurnRequest request;
    MpTime limit;
    MpStunTransaction transaction;
    gboolean is_authenticated; /* the request under way carries credentials */
    guint stale_retries;
    const char *disbelief; /* why the last disbelieved answer to this operation was; NULL: none */
    char *reason;          /* lent by the last event */
    guint8 message[MAX_REQUEST];
    gsize message_length;
};

typedef struct {
    guint method;
    gboolean takes_credentials; /* at once, if they are known; Binding waits to be asked */
    void (*write)(const MpTurnRequest *request, MpStunBuilder *builder);
    /* NULL, or what is wrong with a success answer. */
    const char *(*read)(MpTurnClient *client, const MpStunMessage *answer);
} Operation;

MpTurnClient *mp_turn_client_new(const MpTurnCredentials *credentials, gboolean is_stream)
{
    MpTurnClient *client = g_new0(MpTurnClient, 1);
    if (credentials)
        client->credentials = mp_turn_credentials_new(mp_turn_credentials_user(credentials),
                                                      mp_turn_credentials_password(credentials));
    client->is_stream = is_stream;
    client->channels = g_array_new(FALSE, FALSE, sizeof(Channel));
    client->facts.round_trips = g_array_new(FALSE, FALSE, sizeof(MpTime));
    return client;
}

void mp_turn_client_free(MpTurnClient *client)
{
    if (!client)
        return;
    mp_turn_credentials_free(client->credentials);
    g_array_unref(client->channels);
    g_array_unref(client->facts.round_trips);
    g_free(client->facts.realm);
    g_free(client->facts.software);
    g_free(client->reason);
    explicit_bzero(client->key, sizeof client->key);
    g_free(client);
}

const MpTurnFacts *mp_turn_client_facts(const MpTurnClient *client)
{
    return &client->facts;
}

/* -- the operations ---------------------------------------------------------------------------- */

static void write_nothing(const MpTurnRequest *request, MpStunBuilder *builder)
{
    (void)request;
    (void)builder;
}

static void write_allocate(const MpTurnRequest *request, MpStunBuilder *builder)
{
    mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_REQUESTED_TRANSPORT,
                    request->wants_tcp ? MP_TURN_REQUEST_TCP : MP_TURN_REQUEST_UDP);
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

static const char *read_allocation(MpTurnClient *client, const MpStunMessage *answer)
{
    MpAddress relayed;
    guint32 lifetime;
    if (!mp_stun_get_address(answer, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS, &relayed))
        return "an Allocate answer without XOR-RELAYED-ADDRESS";
    if (!mp_stun_get_u32(answer, MP_STUN_ATTRIBUTE_LIFETIME, &lifetime))
        return "an Allocate answer without LIFETIME";
    const char *problem = read_mapped(client, answer);
    if (problem)
        return problem;
    client->facts.relayed = relayed;
    client->facts.lifetime_s = lifetime;
    return NULL;
}

static const char *read_nothing(MpTurnClient *client, const MpStunMessage *answer)
{
    (void)client;
    (void)answer;
    return NULL;
}

static Channel *find_channel(const MpTurnClient *client, guint16 number)
{
    for (guint i = 0; i < client->channels->len; i++) {
        Channel *channel = &g_array_index(client->channels, Channel, i);
        if (channel->number == number)
            return channel;
    }
    return NULL;
}

static const char *read_channel(MpTurnClient *client, const MpStunMessage *answer)
{
    (void)answer;
    if (!find_channel(client, client->request.channel)) {
        Channel channel = {client->request.channel, client->request.peer};
        g_array_append_val(client->channels, channel);
    }
    return NULL;
}

static const char *read_refresh(MpTurnClient *client, const MpStunMessage *answer)
{
    if (client->request.lifetime_s == 0) {
        client->facts.relayed = (MpAddress){0};
        return NULL;
    }
    guint32 lifetime;
    if (!mp_stun_get_u32(answer, MP_STUN_ATTRIBUTE_LIFETIME, &lifetime))
        return "a Refresh answer without LIFETIME";
    client->facts.lifetime_s = lifetime;
    return NULL;
}

static const Operation operations[] = {
    [MP_TURN_BINDING] = {MP_STUN_METHOD_BINDING, FALSE, write_nothing, read_mapped},
    [MP_TURN_ALLOCATE] = {MP_STUN_METHOD_ALLOCATE, TRUE, write_allocate, read_allocation},
    [MP_TURN_CREATE_PERMISSION] = {MP_STUN_METHOD_CREATE_PERMISSION, TRUE, write_peer,
                                   read_nothing},
    [MP_TURN_CHANNEL_BIND] = {MP_STUN_METHOD_CHANNEL_BIND, TRUE, write_channel, read_channel},
    [MP_TURN_REFRESH] = {MP_STUN_METHOD_REFRESH, TRUE, write_lifetime, read_refresh},
};

/* -- requests ---------------------------------------------------------------------------------- */

static void add_credentials(const MpTurnClient *client, MpStunBuilder *builder)
{
    mp_stun_add_text(builder, MP_STUN_ATTRIBUTE_USERNAME,
                     mp_turn_credentials_user(client->credentials));
    mp_stun_add_text(builder, MP_STUN_ATTRIBUTE_REALM, client->facts.realm);
    mp_stun_add(builder, MP_STUN_ATTRIBUTE_NONCE, client->nonce, client->nonce_length);
    mp_stun_add_integrity(builder, (MpBytes){client->key, sizeof client->key});
}

/* Writes the request with a new transaction id and makes it due now. */
static void start_transaction(MpTurnClient *client, MpTime now)
{
    const Operation *operation = &operations[client->request.operation];
    MpStunId id;
    mp_random_bytes(id.bytes, sizeof id.bytes);
    MpStunBuilder builder = mp_stun_builder_init(client->message, sizeof client->message,
                                                 MP_STUN_REQUEST, operation->method, &id);
    operation->write(&client->request, &builder);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "mediapath");
    if (client->is_authenticated)
        add_credentials(client, &builder);
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
    client->is_authenticated = client->credentials && client->nonce_length > 0 &&
                               operations[request->operation].takes_credentials;
    start_transaction(client, now);
}

/* -- how an operation ends --------------------------------------------------------------------- */

static const MpTurnEvent nothing = {.type = MP_TURN_EVENT_NONE};

static MpTurnEvent finish(MpTurnClient *client, MpTurnEventType type, guint code, char *reason)
{
    g_free(client->reason);
    client->reason = reason;
    client->is_busy = FALSE;
    client->transaction.deadline = MP_NEVER;
    return (MpTurnEvent){.type = type, .code = code, .reason = client->reason};
}

/* RFC 8489 section 9.2.5: such an answer is discarded and retransmissions go on; if nothing better
 * comes, that is what is told in place of a timeout. On a stream nothing better can come. */
static MpTurnEvent disbelieve(MpTurnClient *client, const char *why)
{
    client->facts.disbelieved++;
    client->disbelief = why;
    return client->is_stream ? finish(client, MP_TURN_EVENT_MALFORMED, 0, g_strdup(why)) : nothing;
}

static MpTurnEvent time_out(MpTurnClient *client)
{
    return client->disbelief
               ? finish(client, MP_TURN_EVENT_MALFORMED, 0, g_strdup(client->disbelief))
               : finish(client, MP_TURN_EVENT_SILENT, 0, NULL);
}

MpTurnEvent mp_turn_client_advance(MpTurnClient *client, MpTime now, MpBytes *output)
{
    *output = (MpBytes){NULL, 0};
    if (!client->is_busy)
        return nothing;
    if (client->message_length == 0)
        return finish(client, MP_TURN_EVENT_MALFORMED, 0,
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

static gboolean take_nonce(MpTurnClient *client, const MpStunMessage *answer)
{
    MpBytes nonce;
    if (!mp_stun_find(answer, MP_STUN_ATTRIBUTE_NONCE, &nonce) || nonce.length == 0 ||
        nonce.length > MAX_NONCE)
        return FALSE;
    memcpy(client->nonce, nonce.data, nonce.length);
    client->nonce_length = nonce.length;
    return TRUE;
}

static gboolean take_realm(MpTurnClient *client, const MpStunMessage *answer)
{
    MpBytes realm;
    if (!mp_stun_find(answer, MP_STUN_ATTRIBUTE_REALM, &realm) || realm.length > MAX_REALM ||
        !g_utf8_validate_len((const char *)realm.data, realm.length, NULL))
        return FALSE;
    g_free(client->facts.realm);
    client->facts.realm = g_strndup((const char *)realm.data, realm.length);
    return TRUE;
}

static MpTurnEvent fail_with_code(MpTurnClient *client, guint code, MpBytes reason)
{
    return finish(client, MP_TURN_EVENT_ERROR, code, mp_stun_bytes_to_text(reason));
}

/* RFC 8489 section 9.2.5: the first 401 tells realm and nonce; one that follows credentials means
 * that they are wrong. */
static MpTurnEvent handle_unauthenticated(MpTurnClient *client, const MpStunMessage *answer,
                                          MpBytes reason, MpTime now)
{
    if (client->is_authenticated)
        return fail_with_code(client, MP_STUN_ERROR_UNAUTHENTICATED, reason);
    if (!take_realm(client, answer) || !take_nonce(client, answer))
        return finish(client, MP_TURN_EVENT_MALFORMED, 0,
                      g_strdup("a 401 answer without a valid REALM and NONCE"));
    client->facts.was_challenged = TRUE;
    if (!client->credentials)
        return fail_with_code(client, MP_STUN_ERROR_UNAUTHENTICATED, reason);

    mp_stun_long_term_key(mp_turn_credentials_user(client->credentials), client->facts.realm,
                          mp_turn_credentials_password(client->credentials), client->key);
    client->is_authenticated = TRUE;
    start_transaction(client, now);
    return nothing;
}

static MpTurnEvent handle_stale_nonce(MpTurnClient *client, const MpStunMessage *answer,
                                      MpBytes reason, MpTime now)
{
    if (!client->is_authenticated || client->stale_retries == MAX_STALE_RETRIES)
        return fail_with_code(client, MP_STUN_ERROR_STALE_NONCE, reason);
    if (!take_nonce(client, answer))
        return finish(client, MP_TURN_EVENT_MALFORMED, 0,
                      g_strdup("a 438 answer without a valid NONCE"));
    client->stale_retries++;
    start_transaction(client, now);
    return nothing;
}

static MpTurnEvent handle_alternate(MpTurnClient *client, const MpStunMessage *answer,
                                    MpBytes reason, MpTime now)
{
    (void)now;
    mp_stun_get_address(answer, MP_STUN_ATTRIBUTE_ALTERNATE_SERVER, &client->facts.alternate);
    return fail_with_code(client, MP_STUN_ERROR_TRY_ALTERNATE, reason);
}

static MpTurnEvent handle_bad_request(MpTurnClient *client, const MpStunMessage *answer,
                                      MpBytes reason, MpTime now)
{
    (void)answer;
    (void)now;
    return fail_with_code(client, MP_STUN_ERROR_BAD_REQUEST, reason);
}

/* These the server may send before it knows who we are, so their MESSAGE-INTEGRITY proves nothing
 * either way: RFC 8489 sections 9.2.4 and 10. */
static const struct {
    guint code;
    MpTurnEvent (*handle)(MpTurnClient *client, const MpStunMessage *answer, MpBytes reason,
                          MpTime now);
} open_errors[] = {
    {MP_STUN_ERROR_TRY_ALTERNATE, handle_alternate},
    {MP_STUN_ERROR_BAD_REQUEST, handle_bad_request},
    {MP_STUN_ERROR_UNAUTHENTICATED, handle_unauthenticated},
    {MP_STUN_ERROR_STALE_NONCE, handle_stale_nonce},
};

static MpTurnEvent handle_error(MpTurnClient *client, const MpStunMessage *answer, MpTime now)
{
    guint code = 0;
    MpBytes reason = {NULL, 0};
    mp_stun_get_error(answer, &code, &reason);
    for (gsize i = 0; i < G_N_ELEMENTS(open_errors); i++)
        if (open_errors[i].code == code)
            return open_errors[i].handle(client, answer, reason, now);
    return fail_with_code(client, code, reason);
}

static MpTurnEvent handle_success(MpTurnClient *client, const MpStunMessage *answer)
{
    const char *problem = operations[client->request.operation].read(client, answer);
    return problem ? finish(client, MP_TURN_EVENT_MALFORMED, 0, g_strdup(problem))
                   : finish(client, MP_TURN_EVENT_SUCCESS, 0, NULL);
}

static gboolean is_open_error(guint code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(open_errors); i++)
        if (open_errors[i].code == code)
            return TRUE;
    return FALSE;
}

/* Servers in use leave MESSAGE-INTEGRITY out of some errors (437), so there only a wrong one is
 * held against them. */
static const char *doubt_integrity(MpTurnClient *client, const MpStunMessage *answer, guint code)
{
    if (!client->is_authenticated || is_open_error(code))
        return NULL;
    MpStunCheck integrity = mp_stun_check_integrity(answer,
                                                    (MpBytes){client->key, sizeof client->key});
    if (integrity == MP_STUN_CHECK_WRONG)
        return "an answer with a wrong MESSAGE-INTEGRITY";
    if (integrity == MP_STUN_CHECK_ABSENT && answer->class == MP_STUN_SUCCESS)
        return "a success answer without MESSAGE-INTEGRITY";
    if (integrity == MP_STUN_CHECK_MATCHES)
        client->facts.has_authenticated = TRUE;
    return NULL;
}

/* Why this answer cannot be believed; NULL when it can. */
static const char *doubt(MpTurnClient *client, const MpStunMessage *answer)
{
    guint code = 0;
    MpBytes reason;
    if (answer->form != MP_STUN_FORM_GOOD)
        return mp_stun_form_text(answer->form);
    if (answer->fingerprint == MP_STUN_CHECK_WRONG)
        return "an answer with a wrong FINGERPRINT";
    if (answer->method != operations[client->request.operation].method)
        return "an answer to another method than was asked";
    if (answer->class == MP_STUN_ERROR && !mp_stun_get_error(answer, &code, &reason))
        return "an error answer without a valid ERROR-CODE";
    return doubt_integrity(client, answer, code);
}

static void keep_software(MpTurnClient *client, const MpStunMessage *answer)
{
    char *software = mp_stun_dup_text(answer, MP_STUN_ATTRIBUTE_SOFTWARE);
    if (!software)
        return;
    g_free(client->facts.software);
    client->facts.software = software;
}

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

static MpTurnEvent receive_answer(MpTurnClient *client, const MpStunMessage *answer, MpTime now)
{
    client->facts.responses_received++;
    const char *problem = doubt(client, answer);
    if (problem)
        return disbelieve(client, problem);

    MpTime round_trip = mp_stun_transaction_finish(&client->transaction, now);
    if (round_trip != MP_NEVER)
        g_array_append_val(client->facts.round_trips, round_trip);
    keep_software(client, answer);
    return answer->class == MP_STUN_SUCCESS ? handle_success(client, answer)
                                            : handle_error(client, answer, now);
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
    const Channel *channel = find_channel(client, number);
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
    return disbelieve(client, mp_stun_form_text(MP_STUN_FORM_NOT_STUN));
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
        return receive_answer(client, &message, now);
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
    if (!find_channel(client, channel))
        return 0;
    return mp_turn_write_channel_data(out, capacity, channel, payload, client->is_stream);
}
