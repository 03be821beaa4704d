/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is not known of a handshake stays out of its facts.
 */
#include "probe/media_handshake.h"

#include <math.h>

#include "wire/dtls.h"

static JsonArray *messages_of(const MpDtlsFlight *flight)
{
    JsonArray *messages = json_array_new();
    for (guint i = 0; i < flight->n_messages; i++) {
        const char *name = mp_dtls_message_name(flight->messages[i]);
        json_array_add_string_element(messages, name ? name : "unknown");
    }
    return messages;
}

static void add_flight(JsonArray *flights, const MpDtlsFlight *flight)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "from", flight->is_ours ? "here" : "there");
    json_object_set_array_member(object, "messages", messages_of(flight));
    json_object_set_int_member(object, "datagrams", flight->datagrams);
    json_object_set_int_member(object, "records", flight->records);
    json_object_set_int_member(object, "bytes", (gint64)flight->bytes);
    json_object_set_int_member(object, "largest_bytes", flight->largest);
    json_object_set_int_member(object, "retransmissions", flight->retransmissions);
    json_object_set_double_member(object, "first_ms", mp_time_to_ms(flight->first));
    json_object_set_double_member(object, "last_ms", mp_time_to_ms(flight->last));
    json_array_add_object_element(flights, object);
}

static void add_fingerprints(JsonObject *object, const MpDtlsSession *dtls)
{
    static const char *const words[] = {[MP_DTLS_PEER_CONFIRMED] = "ok",
                                        [MP_DTLS_PEER_MISMATCHED] = "mismatch",
                                        [MP_DTLS_PEER_REFUSES] = "refused"};
    const MpDtlsPeer peer = mp_dtls_session_peer(dtls);
    if (!words[peer])
        return;
    json_object_set_string_member(object, "fingerprint", words[peer]);
    if (peer != MP_DTLS_PEER_MISMATCHED)
        return;
    json_object_set_string_member(object, "fingerprint_announced",
                                  mp_dtls_session_wanted_fingerprint(dtls));
    json_object_set_string_member(object, "fingerprint_found",
                                  mp_dtls_session_found_fingerprint(dtls));
}

static void add_agreement(JsonObject *object, const MpDtlsSession *dtls)
{
    const MpDtlsFlights *flights = mp_dtls_session_flights(dtls);
    json_object_set_string_member(object, "version", mp_dtls_session_version(dtls));
    json_object_set_string_member(object, "cipher", mp_dtls_session_cipher(dtls));
    json_object_set_string_member(object, "srtp_profile", mp_dtls_session_srtp_profile(dtls));
    json_object_set_double_member(object, "handshake_ms",
                                  mp_time_to_ms(flights->flights[flights->n_flights - 1].last));
}

void mp_media_handshake_facts(JsonObject *facts, const MpDtlsSession *dtls)
{
    JsonObject *object = json_object_new();
    if (mp_dtls_session_state(dtls) == MP_DTLS_CONNECTED)
        add_agreement(object, dtls);
    add_fingerprints(object, dtls);
    const MpDtlsFlights *flights = mp_dtls_session_flights(dtls);
    JsonArray *list = json_array_new();
    for (guint i = 0; i < flights->n_flights; i++)
        add_flight(list, &flights->flights[i]);
    json_object_set_array_member(object, "flights", list);
    json_object_set_object_member(facts, "dtls", object);
}

static void set_number(JsonObject *object, const char *name, double value)
{
    if (!isnan(value))
        json_object_set_double_member(object, name, value);
}

static void set_sizes(JsonObject *object, const GArray *sent)
{
    guint smallest = G_MAXUINT;
    guint largest = 0;
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *entry = &g_array_index(sent, MpRecordEntry, i);
        if (entry->ssrc != MP_RECORD_DTLS)
            continue;
        smallest = MIN(smallest, entry->size);
        largest = MAX(largest, entry->size);
    }
    if (largest == 0)
        return;
    json_object_set_int_member(object, "smallest_sent_bytes", smallest);
    json_object_set_int_member(object, "largest_sent_bytes", largest);
}

static JsonObject *direction_of(const MpJoinedDirection *joined, const GArray *sent)
{
    JsonObject *object = json_object_new();
    set_number(object, "packets_sent", joined->stats.packets_sent);
    set_number(object, "packets_received", joined->stats.packets_received);
    set_sizes(object, sent);
    set_number(object, "largest_received_bytes", joined->largest_received);
    set_number(object, "smallest_missing_bytes", joined->smallest_missing);
    set_number(object, "missing_packets", joined->missing_packets);
    set_number(object, "loss_below_percent", joined->loss_below_percent);
    return object;
}

void mp_media_handshake_joined(JsonObject *facts, const MpMediaJoin *join,
                               const MpMediaRecord *ours, const MpMediaRecord *theirs)
{
    if (!json_object_has_member(facts, "dtls"))
        return;
    JsonObject *dtls = json_object_get_object_member(facts, "dtls");
    const MpJoined joined = mp_media_join_handshake(join);
    json_object_set_object_member(dtls, "up", direction_of(&joined.up, ours->sent));
    json_object_set_object_member(dtls, "down", direction_of(&joined.down, theirs->sent));
}
