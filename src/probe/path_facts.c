/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a path does to packets, as facts.
 */
#include "probe/path_facts.h"

static void add_mark(JsonArray *marks, const MpPathQuestion *question)
{
    if (!question->has_class)
        return;
    JsonObject *mark = json_object_new();
    json_object_set_int_member(mark, "sent", question->dscp);
    json_object_set_int_member(mark, "up", question->class.received_dscp);
    if (question->class.reverse_path == 0)
        json_object_set_int_member(mark, "down", question->reply_dscp);
    json_array_add_object_element(marks, mark);
}

/* The way back is known where the mark had not gone on the way out. */
static void set_ecn(JsonObject *facts, const MpPathQuestion *question)
{
    const gboolean is_kept = question->class.received_ecn == question->ecn;
    JsonObject *kept = json_object_new();
    json_object_set_boolean_member(kept, "up", is_kept);
    if (is_kept)
        json_object_set_boolean_member(kept, "down", question->reply_ecn == question->ecn);
    json_object_set_object_member(facts, "ecn_kept", kept);
}

/* The way back is known where the question arrived. */
static void set_fragments(JsonObject *facts, const MpPathQuestion *question)
{
    if (question->arrival == MP_PATH_ARRIVAL_UNKNOWN)
        return;
    const gboolean has_arrived = question->arrival == MP_PATH_ARRIVED;
    JsonObject *passes = json_object_new();
    json_object_set_boolean_member(passes, "up", has_arrived);
    if (has_arrived)
        json_object_set_boolean_member(passes, "down", question->is_answered);
    json_object_set_object_member(facts, "fragments_pass", passes);
}

/* Datagrams of more than `bytes`: so many that stayed without an answer. */
static guint count_larger(const MpPathProperties *properties, guint bytes)
{
    guint count = 0;
    for (guint i = 0; i < mp_path_properties_count(properties); i++) {
        const MpPathQuestion *question = mp_path_properties_question(properties, i);
        if (question->aspect == MP_PATH_SIZE && question->packet_bytes > bytes)
            count += question->sends;
    }
    return count;
}

/* Of packets that were not to be fragmented. Where what the far end saw is not known, the largest
 * that was answered is the least that passes, and no figure. */
static void set_sizes(JsonObject *facts, const MpPathProperties *properties)
{
    guint asked = 0;
    guint up = 0;
    guint down = 0;
    gboolean is_known = TRUE;
    for (guint i = 0; i < mp_path_properties_count(properties); i++) {
        const MpPathQuestion *question = mp_path_properties_question(properties, i);
        if (question->aspect != MP_PATH_SIZE || question->is_too_large || !question->sends)
            continue;
        asked = MAX(asked, question->packet_bytes);
        is_known = is_known && question->arrival != MP_PATH_ARRIVAL_UNKNOWN;
        up = question->arrival == MP_PATH_ARRIVED ? MAX(up, question->packet_bytes) : up;
        down = question->is_answered ? MAX(down, question->packet_bytes) : down;
    }
    if (asked == 0 || !is_known)
        return;
    JsonObject *sizes = json_object_new();
    json_object_set_int_member(sizes, "asked", asked);
    json_object_set_int_member(sizes, "up", up);
    json_object_set_int_member(sizes, "down", down);
    json_object_set_int_member(sizes, "larger_sent", count_larger(properties, down));
    json_object_set_object_member(facts, "largest_packet_bytes", sizes);
}

void mp_path_facts(JsonObject *facts, const MpPathProperties *properties)
{
    JsonArray *marks = json_array_new();
    json_object_set_double_member(facts, "round_trip_ms",
                                  mp_time_to_ms(mp_path_properties_round_trip(properties)));
    set_sizes(facts, properties);
    for (guint i = 0; i < mp_path_properties_count(properties); i++) {
        const MpPathQuestion *question = mp_path_properties_question(properties, i);
        if (question->aspect == MP_PATH_DSCP)
            add_mark(marks, question);
        else if (question->aspect == MP_PATH_ECN && question->has_class)
            set_ecn(facts, question);
        else if (question->aspect == MP_PATH_FRAGMENTS)
            set_fragments(facts, question);
    }
    json_object_set_array_member(facts, "dscp", marks);
}
