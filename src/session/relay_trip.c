/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One relay port's trip, stage by stage.
 */
#include "session/relay_trip.h"

#include <string.h>

#include "base/random.h"

/* A datagram of ours: random bytes behind a first one in the range of RTP, which is what such ports
 * are for (RFC 7983 section 7), then which way it goes and which try it is. */
#define TOKEN_LENGTH 16
#define WAY_AT 14
#define TRY_AT 15
#define WAY_OUT 0
#define WAY_IN 1
#define FIRST_BYTE 0x80
#define MAX_INDICATION 128

struct _MpRelayTrip {
    MpRelaySettings settings;
    MpTurnClient *client;
    MpRelayStage stage;
    MpRelayTripAnswer answer;
    guint next_mapped;
    guint n_permitted;
    guint8 last_id[MP_STUN_ID_LENGTH]; /* of the request that was sent last */
    guint8 token[TOKEN_LENGTH];
    MpTime next_try;
    gboolean was_heard;       /* the relay saw one */
    MpAddress heard_from;     /* what the relay saw it come from */
    gboolean owes_indication; /* for the one that was heard last */
    guint8 buffer[MAX_INDICATION];
};

MpRelayTrip *mp_relay_trip_new(const MpRelaySettings *settings, MpTime now)
{
    MpRelayTrip *trip = g_new0(MpRelayTrip, 1);
    trip->settings = *settings;
    trip->settings.credentials = NULL;
    trip->client = mp_turn_client_new(settings->credentials, settings->is_stream);
    trip->answer.broke_at = MP_RELAY_OVER;
    trip->answer.round_trip = MP_NEVER;
    trip->next_try = MP_NEVER;
    mp_random_bytes(trip->token, TOKEN_LENGTH);
    trip->token[0] = FIRST_BYTE;
    const MpTurnRequest allocate = {.operation = MP_TURN_ALLOCATE};
    mp_turn_client_begin(trip->client, &allocate, now, now + settings->patience);
    return trip;
}

void mp_relay_trip_free(MpRelayTrip *trip)
{
    if (!trip)
        return;
    mp_turn_client_free(trip->client);
    g_free(trip);
}

MpRelayStage mp_relay_trip_stage(const MpRelayTrip *trip)
{
    return trip->stage;
}

const MpRelayTripAnswer *mp_relay_trip_answer(const MpRelayTrip *trip)
{
    return &trip->answer;
}

static void add_mapped(MpRelaySettings *settings, const MpAddress *mapped)
{
    for (guint i = 0; i < settings->n_mapped; i++)
        if (mp_address_equal_ip(&settings->mapped[i], mapped))
            return;
    if (settings->n_mapped < MP_RELAY_MAX_MAPPED)
        settings->mapped[settings->n_mapped++] = *mapped;
}

/* The slowest of them, since a busy server is slow now and then. */
static MpTime slowest(const GArray *round_trips)
{
    MpTime slowest = MP_NEVER;
    for (guint i = 0; i < round_trips->len; i++) {
        const MpTime took = g_array_index(round_trips, MpTime, i);
        slowest = slowest == MP_NEVER ? took : MAX(slowest, took);
    }
    return slowest;
}

static void end(MpRelayTrip *trip)
{
    trip->stage = MP_RELAY_OVER;
    trip->answer.round_trip = slowest(mp_turn_client_facts(trip->client)->round_trips);
}

static void give_back(MpRelayTrip *trip, MpTime now)
{
    const MpTurnRequest request = {.operation = MP_TURN_REFRESH, .lifetime_s = 0};
    trip->stage = MP_RELAY_GIVING_BACK;
    mp_turn_client_begin(trip->client, &request, now, now + trip->settings.patience);
}

/* NULL: all have been. A permission is for addresses of the relay's own family. */
static const MpAddress *next_to_permit(MpRelayTrip *trip)
{
    const MpRelaySettings *settings = &trip->settings;
    while (trip->next_mapped < settings->n_mapped) {
        const MpAddress *mapped = &settings->mapped[trip->next_mapped++];
        if (mapped->family == trip->answer.relayed.family)
            return mapped;
    }
    return NULL;
}

static void begin_talk(MpRelayTrip *trip, MpTime now)
{
    if (trip->n_permitted == 0) {
        give_back(trip, now);
        return;
    }
    trip->answer.broke_at = MP_RELAY_OVER;
    trip->stage = MP_RELAY_TALKING;
    trip->next_try = now;
}

static void permit_next(MpRelayTrip *trip, MpTime now)
{
    const MpAddress *peer = next_to_permit(trip);
    trip->stage = MP_RELAY_PERMITTING;
    if (!peer) {
        begin_talk(trip, now);
        return;
    }
    const MpTurnRequest request = {.operation = MP_TURN_CREATE_PERMISSION, .peer = *peer};
    mp_turn_client_begin(trip->client, &request, now, now + trip->settings.patience);
}

static void keep_failure(MpRelayTrip *trip, const MpTurnEvent *event)
{
    MpRelayTripAnswer *answer = &trip->answer;
    answer->broke_at = trip->stage;
    answer->event = event->type;
    answer->code = event->code;
    g_strlcpy(answer->reason, event->reason ? event->reason : "", sizeof answer->reason);
}

/* The server still answers, so that silence on the port was the port's. Where it does not, silence
 * says nothing. */
static void end_given_back(MpRelayTrip *trip, const MpTurnEvent *event)
{
    if (event->type == MP_TURN_EVENT_SILENT && trip->answer.port != MP_RELAY_PORT_OPEN) {
        trip->answer.port = MP_RELAY_PORT_UNKNOWN;
        keep_failure(trip, event);
    }
    end(trip);
}

static void end_allocating(MpRelayTrip *trip, const MpTurnEvent *event, MpTime now)
{
    const MpTurnFacts *told = mp_turn_client_facts(trip->client);
    if (event->type != MP_TURN_EVENT_SUCCESS) {
        keep_failure(trip, event);
        end(trip);
        return;
    }
    trip->answer.relayed = told->relayed;
    trip->answer.mapped = told->mapped;
    add_mapped(&trip->settings, &told->mapped);
    const MpTurnEvent no_family = {.type = MP_TURN_EVENT_ERROR,
                                   .reason = "the relay is of another address family than we are"};
    trip->stage = MP_RELAY_PERMITTING;
    keep_failure(trip, &no_family); /* until one is permitted */
    permit_next(trip, now);
}

/* One address that the server refuses does not matter where another one is let in. */
static void end_permitting(MpRelayTrip *trip, const MpTurnEvent *event, MpTime now)
{
    if (event->type == MP_TURN_EVENT_SUCCESS)
        trip->n_permitted++;
    else
        keep_failure(trip, event);
    permit_next(trip, now);
}

static void finish_operation(MpRelayTrip *trip, const MpTurnEvent *event, MpTime now)
{
    if (trip->stage == MP_RELAY_GIVING_BACK)
        end_given_back(trip, event);
    else if (trip->stage == MP_RELAY_ALLOCATING)
        end_allocating(trip, event, now);
    else if (trip->stage == MP_RELAY_PERMITTING)
        end_permitting(trip, event, now);
}

static gboolean is_ours(const MpRelayTrip *trip, MpBytes payload, guint8 way)
{
    return payload.length == TOKEN_LENGTH && memcmp(payload.data, trip->token, WAY_AT) == 0 &&
           payload.data[WAY_AT] == way;
}

static void hear(MpRelayTrip *trip, const MpTurnEvent *event)
{
    if (trip->stage != MP_RELAY_TALKING || !is_ours(trip, event->payload, WAY_OUT))
        return;
    trip->was_heard = TRUE;
    trip->heard_from = event->peer;
    trip->owes_indication = TRUE;
}

void mp_relay_trip_receive(MpRelayTrip *trip, MpBytes message, MpTime now)
{
    if (trip->stage == MP_RELAY_OVER)
        return;
    const MpTurnEvent event = mp_turn_client_receive(trip->client, message, now);
    if (event.type == MP_TURN_EVENT_DATA)
        hear(trip, &event);
    else if (event.type != MP_TURN_EVENT_NONE)
        finish_operation(trip, &event, now);
}

static void finish_port(MpRelayTrip *trip, MpRelayVerdict port, MpTime now)
{
    trip->answer.port = port;
    trip->next_try = MP_NEVER;
    trip->owes_indication = FALSE;
    give_back(trip, now);
}

void mp_relay_trip_take(MpRelayTrip *trip, const MpAddress *from, MpBytes payload, MpTime now)
{
    if (trip->stage == MP_RELAY_TALKING && is_ours(trip, payload, WAY_IN) &&
        mp_address_equal(from, &trip->answer.relayed))
        finish_port(trip, MP_RELAY_PORT_OPEN, now);
}

void mp_relay_trip_break(MpRelayTrip *trip, const char *why, MpTime now)
{
    const MpTurnEvent event = {.type = MP_TURN_EVENT_SILENT, .reason = why};
    if (trip->stage == MP_RELAY_OVER)
        return;
    if (trip->answer.port != MP_RELAY_PORT_OPEN) {
        trip->answer.port = MP_RELAY_PORT_UNKNOWN;
        keep_failure(trip, &event);
    }
    if (trip->stage == MP_RELAY_TALKING)
        give_back(trip, now);
    else
        end(trip);
}

/* -- what is due ------------------------------------------------------------------------------- */

/* The second half of the tries waits twice as long: what is lost in a row is lost together. */
static MpTime wait_after(const MpRelayTrip *trip)
{
    const gboolean is_late = trip->answer.tries > trip->settings.tries / 2;
    return trip->settings.wait << is_late;
}

static MpBytes write_token(MpRelayTrip *trip, guint8 way)
{
    trip->token[WAY_AT] = way;
    trip->token[TRY_AT] = (guint8)trip->answer.tries;
    return (MpBytes){trip->token, TOKEN_LENGTH};
}

static gboolean send_indication(MpRelayTrip *trip, MpRelaySend *send)
{
    trip->owes_indication = FALSE;
    const gsize length = mp_turn_client_write_send(&trip->heard_from, write_token(trip, WAY_IN),
                                                   trip->buffer, sizeof trip->buffer);
    *send = (MpRelaySend){.message = {trip->buffer, length}};
    return length > 0;
}

static void try_again(MpRelayTrip *trip, MpTime now, MpRelaySend *send)
{
    *send = (MpRelaySend){
        .is_straight = TRUE,
        .socket = trip->answer.tries % MP_RELAY_SOCKETS,
        .to = trip->answer.relayed,
        .message = write_token(trip, WAY_OUT),
    };
    trip->answer.tries++;
    trip->next_try = now + wait_after(trip);
}

static gboolean advance_talk(MpRelayTrip *trip, MpTime now, MpRelaySend *send)
{
    if (trip->owes_indication)
        return send_indication(trip, send);
    if (now < trip->next_try)
        return FALSE;
    if (trip->answer.tries < trip->settings.tries) {
        try_again(trip, now, send);
        return TRUE;
    }
    finish_port(trip, trip->was_heard ? MP_RELAY_PORT_BLOCKED_IN : MP_RELAY_PORT_BLOCKED_OUT, now);
    return FALSE;
}

static gboolean advance_operation(MpRelayTrip *trip, MpTime now, MpRelaySend *send)
{
    MpBytes output;
    const MpTurnEvent event = mp_turn_client_advance(trip->client, now, &output);
    if (event.type != MP_TURN_EVENT_NONE)
        finish_operation(trip, &event, now);
    if (output.length == 0)
        return FALSE;
    const guint8 *id = output.data + MP_STUN_HEADER_LENGTH - MP_STUN_ID_LENGTH;
    if (memcmp(trip->last_id, id, MP_STUN_ID_LENGTH) == 0)
        trip->answer.resent++;
    memcpy(trip->last_id, id, MP_STUN_ID_LENGTH);
    *send = (MpRelaySend){.message = output};
    return TRUE;
}

gboolean mp_relay_trip_advance(MpRelayTrip *trip, MpTime now, MpRelaySend *send)
{
    if (trip->stage == MP_RELAY_TALKING && advance_talk(trip, now, send))
        return TRUE;
    return trip->stage != MP_RELAY_OVER && trip->stage != MP_RELAY_TALKING &&
           advance_operation(trip, now, send);
}

MpTime mp_relay_trip_deadline(const MpRelayTrip *trip)
{
    if (trip->stage == MP_RELAY_OVER)
        return MP_NEVER;
    if (trip->stage == MP_RELAY_TALKING)
        return trip->owes_indication ? G_MININT64 : trip->next_try;
    return mp_turn_client_deadline(trip->client);
}
