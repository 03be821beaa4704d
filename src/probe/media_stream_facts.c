/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's streams as facts.
 */
#include "probe/media_stream_facts.h"

#include "probe/stream_tally.h"

static JsonObject *retransmissions(const MpStreamTally *tally)
{
    const guint lost = tally->packets_sent - tally->packets_received;
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "packets_sent", tally->rtx_sent);
    json_object_set_int_member(object, "packets_received", tally->rtx_received);
    json_object_set_int_member(object, "sent_bytes", (gint64)tally->rtx_bytes);
    json_object_set_int_member(object, "lost", lost);
    json_object_set_int_member(object, "repaired", tally->repaired);
    if (lost > 0)
        json_object_set_double_member(object, "repaired_percent", 100.0 * tally->repaired / lost);
    return object;
}

static JsonObject *stream(const MpStreamTally *tally, const char *kind)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "kind", kind);
    json_object_set_int_member(object, "packets_sent", tally->packets_sent);
    json_object_set_int_member(object, "packets_received", tally->packets_received);
    return object;
}

static void add(MpStreamTally *sum, const MpStreamTally *tally)
{
    sum->packets_sent += tally->packets_sent;
    sum->packets_received += tally->packets_received;
    sum->repaired += tally->repaired;
    sum->rtx_sent += tally->rtx_sent;
    sum->rtx_received += tally->rtx_received;
    sum->rtx_bytes += tally->rtx_bytes;
}

static void set_direction(JsonObject *facts, const char *name, const MpMediaCall *call,
                          const GArray *tallies)
{
    if (!json_object_has_member(facts, name))
        return;
    JsonObject *direction = json_object_get_object_member(facts, name);
    JsonArray *streams = json_array_new();
    MpStreamTally sum = {0};
    for (guint i = 0; i < tallies->len; i++) {
        const MpStreamTally *tally = &g_array_index(tallies, MpStreamTally, i);
        const char *kind = mp_media_session_stream_kind(call->media, tally->ssrc);
        if (!kind)
            continue;
        json_array_add_object_element(streams, stream(tally, kind));
        if (g_str_equal(kind, "camera") || g_str_equal(kind, "screen"))
            add(&sum, tally);
    }
    json_object_set_array_member(direction, "streams", streams);
    /* Only what is asked for again: audio is not, in a browser neither. */
    if (sum.packets_sent > 0)
        json_object_set_object_member(direction, "retransmissions", retransmissions(&sum));
}

void mp_media_stream_facts(JsonObject *facts, const MpMediaCall *call, const MpMediaJoin *join,
                           const MpMediaRecord *theirs, const MpMediaWindow *windows,
                           gsize n_windows)
{
    const MpMediaRecord *ours = mp_media_session_record(call->media);
    g_autoptr(MpRecordIndex) here = mp_record_index_new(ours->received);
    g_autoptr(MpRecordIndex) there = mp_record_index_new(theirs->received);
    g_autoptr(GArray) up = mp_stream_tally(ours->sent, there, NULL, windows, n_windows);
    g_autoptr(GArray)
        down = mp_stream_tally(theirs->sent, here, mp_media_join_clocks(join), windows, n_windows);
    set_direction(facts, "up", call, up);
    set_direction(facts, "down", call, down);
}
