/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this end counted of a call that goes back to its sender.
 */
#include "responder/call_counters.h"

#include <json-glib/json-glib.h>

#define SCHEMA "mediapath-counters/1"

static void add_count(JsonBuilder *json, const char *name, gint64 value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, value);
}

static void add_number(JsonBuilder *json, const char *name, double value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_double_value(json, value);
}

static void add_text(JsonBuilder *json, const char *name, const char *text)
{
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, text);
}

static void begin(JsonBuilder *json, const char *name)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
}

static double jitter_ms(guint32 units, guint clock_rate)
{
    return 1e3 * units / clock_rate;
}

static void add_intake(JsonBuilder *json, const MpLoopbackIntake *intake, guint clock_rate)
{
    add_count(json, "ssrc", intake->ssrc);
    add_count(json, "packets", intake->packets);
    add_count(json, "payload_bytes", (gint64)intake->payload_bytes);
    add_count(json, "padding_packets", intake->padding);
    add_count(json, "lost", mp_loopback_intake_lost(intake));
    add_count(json, "reordered", intake->reordered);
    /* Retransmissions keep the timestamp of what they repeat: their jitter says nothing. */
    if (clock_rate)
        add_number(json, "jitter_ms", jitter_ms(intake->jitter, clock_rate));
}

static void add_received(JsonBuilder *json, const MpLoopbackStream *stream)
{
    guint clock_rate = mp_loopback_stream_format(stream)->clock_rate;
    const MpLoopbackIntake *media = mp_loopback_stream_intake(stream, FALSE);
    const MpLoopbackIntake *rtx = mp_loopback_stream_intake(stream, TRUE);
    if (!media->streams)
        return;
    begin(json, "received");
    add_intake(json, media, clock_rate);
    json_builder_end_object(json);
    if (!rtx->streams)
        return;
    begin(json, "received_rtx");
    add_intake(json, rtx, 0);
    json_builder_end_object(json);
}

static void add_repair(JsonBuilder *json, const MpLoopbackRepair *repair)
{
    begin(json, "repair");
    add_count(json, "asked", repair->questions);
    add_count(json, "repaired", repair->repaired);
    add_count(json, "given_up", repair->given_up);
    add_count(json, "key_frames_asked", repair->pictures);
    add_count(json, "left_out", repair->left_out);
    json_builder_end_object(json);
}

static void add_sent(JsonBuilder *json, const MpLoopbackFormat *format,
                     const MpLoopbackOutput *output)
{
    if (!format->sends_back)
        return;
    begin(json, "sent");
    add_count(json, "ssrc", format->ssrc);
    add_count(json, "packets", output->packets);
    add_count(json, "payload_bytes", (gint64)output->payload_bytes);
    add_count(json, "retransmitted", output->retransmitted);
    add_count(json, "asked", output->questions);
    add_count(json, "not_kept", output->unanswered);
    add_count(json, "key_frames_asked", output->pictures);
    json_builder_end_object(json);
}

/* What the far end said in its last report of what we sent. */
static void add_reported(JsonBuilder *json, const MpLoopbackFormat *format,
                         const MpLoopbackOutput *output)
{
    if (!output->has_report)
        return;
    begin(json, "reported");
    add_count(json, "lost", output->report.cumulative_lost);
    add_number(json, "lost_percent", output->report.fraction_lost * 100.0 / 256);
    add_number(json, "jitter_ms", jitter_ms(output->report.jitter, format->clock_rate));
    json_builder_end_object(json);
    if (output->round_trips == 0)
        return;
    begin(json, "round_trip_ms");
    add_number(json, "last", mp_time_to_ms(output->round_trip));
    add_number(json, "least", mp_time_to_ms(output->round_trip_least));
    add_number(json, "mean", mp_time_to_ms(output->round_trip_sum) / output->round_trips);
    add_count(json, "count", output->round_trips);
    json_builder_end_object(json);
}

static void add_stream(JsonBuilder *json, const MpLoopbackStream *stream)
{
    const MpLoopbackFormat *format = mp_loopback_stream_format(stream);
    const MpLoopbackOutput *output = mp_loopback_stream_output(stream);
    const MpLoopbackRepair repair = mp_loopback_stream_repair(stream);
    json_builder_begin_object(json);
    add_text(json, "kind", format->is_video ? "video" : "audio");
    add_text(json, "codec", format->encoding);
    add_count(json, "payload_type", format->payload_type);
    add_received(json, stream);
    add_repair(json, &repair);
    add_sent(json, format, output);
    add_reported(json, format, output);
    json_builder_end_object(json);
}

static void add_stages(JsonBuilder *json, const MpMediaInstants *instants, MpTime began)
{
    const struct {
        const char *name;
        MpTime when;
    } stages[] = {
        {"gathered", instants->gathered},
        {"ice_connected", instants->ice_connected},
        {"dtls_connected", instants->dtls_connected},
        {"first_media", instants->first_media},
    };
    begin(json, "stages_ms");
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++)
        if (stages[i].when)
            add_number(json, stages[i].name, mp_time_to_ms(stages[i].when - began));
    json_builder_end_object(json);
}

static void add_candidate(JsonBuilder *json, const char *name, const MpIceCandidate *candidate)
{
    g_autofree char *address = mp_address_to_string(&candidate->address);
    begin(json, name);
    add_text(json, "type", candidate->type);
    add_text(json, "address", address);
    json_builder_end_object(json);
}

static void add_pair(JsonBuilder *json, MpIceSession *ice)
{
    MpIceCandidate local;
    MpIceCandidate remote;
    if (!ice || !mp_ice_session_pair(ice, &local, &remote))
        return;
    begin(json, "pair");
    add_candidate(json, "local", &local);
    add_candidate(json, "remote", &remote);
    json_builder_end_object(json);
}

char *mp_call_counters_write(MpMediaSession *session, MpTime began, MpTime now)
{
    const MpMediaLoopback *loopback = mp_media_session_loopback(session);
    if (!loopback)
        return NULL;
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    add_text(json, "schema", SCHEMA);
    add_number(json, "age_ms", mp_time_to_ms(now - began));
    add_stages(json, mp_media_session_instants(session), began);
    add_pair(json, mp_media_session_ice(session));
    add_count(json, "socket_drops", mp_media_session_record(session)->receive_overflows);
    json_builder_set_member_name(json, "streams");
    json_builder_begin_array(json);
    for (guint i = 0; i < mp_media_loopback_n_streams(loopback); i++)
        add_stream(json, mp_media_loopback_stream(loopback, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    return json_to_string(root, FALSE);
}
