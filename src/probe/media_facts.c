/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's figures as facts. What is not known stays out.
 */
#include "probe/media_facts.h"

#include <math.h>

#include "probe/media_loss_facts.h"

void mp_tier_run_clear(MpTierRun *run)
{
    g_array_unref(run->windows);
}

MpMediaWindow *mp_tier_run_window(const MpTierRun *run, guint index)
{
    return &g_array_index(run->windows, MpMediaWindow, index);
}

static void set_number(JsonObject *object, const char *name, double value)
{
    if (!isnan(value))
        json_object_set_double_member(object, name, value);
}

static void set_address(JsonObject *object, const char *name, const MpAddress *address)
{
    if (address->family == MP_FAMILY_NONE)
        return;
    g_autofree char *text = mp_address_to_string(address);
    json_object_set_string_member(object, name, text);
}

/* Nothing for what did not happen. */
static void set_timing(JsonObject *facts, const MpIceSession *ice)
{
    const MpIceInstants instants = mp_ice_session_instants(ice);
    const MpIceCounts counts = mp_ice_session_counts(ice);
    const struct {
        const char *name;
        MpTime instant;
    } members[] = {
        {"gathered_ms", instants.gathered},         {"checks_began_ms", instants.checks_began},
        {"first_answer_ms", instants.first_answer}, {"valid_ms", instants.valid},
        {"selected_ms", instants.selected},         {"nominated_ms", instants.nominated},
    };
    JsonObject *object = json_object_new();
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        if (members[i].instant)
            set_number(object, members[i].name,
                       mp_time_to_ms(members[i].instant - instants.gathering_began));
    json_object_set_int_member(object, "checks_received", counts.checks_received);
    json_object_set_int_member(object, "answers_received", counts.answers_received);
    json_object_set_object_member(facts, "ice", object);
}

void mp_media_facts_ice(JsonObject *facts, MpMediaSession *session)
{
    MpIceSession *ice = mp_media_session_ice(session);
    const GArray *candidates = mp_ice_session_candidates(ice);
    JsonArray *list = json_array_new();
    for (guint i = 0; i < candidates->len; i++) {
        const MpIceCandidate *candidate = &g_array_index(candidates, MpIceCandidate, i);
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "side", candidate->is_remote ? "remote" : "local");
        json_object_set_string_member(object, "type", candidate->type);
        json_object_set_string_member(object, "transport", candidate->transport);
        set_address(object, "address", &candidate->address);
        set_address(object, "related_address", &candidate->related);
        set_address(object, "server", &candidate->server);
        json_object_set_double_member(object, "found_ms", mp_time_to_ms(candidate->found));
        json_array_add_object_element(list, object);
    }
    json_object_set_array_member(facts, "candidates", list);
    set_timing(facts, ice);

    MpIceCandidate local;
    MpIceCandidate remote;
    if (!mp_ice_session_pair(ice, &local, &remote))
        return;
    JsonObject *pair = json_object_new();
    set_address(pair, "local", &local.address);
    json_object_set_string_member(pair, "local_type", local.type);
    set_address(pair, "remote", &remote.address);
    json_object_set_string_member(pair, "remote_type", remote.type);
    json_object_set_object_member(facts, "pair", pair);
}

/* What queues added to the least delay: no common clock is needed, and a constant delay that only
 * one direction has cannot be seen. */
static void set_queueing(JsonObject *object, const MpDirectionStats *stats)
{
    if (isnan(stats->pdv_p50_ms))
        return;
    JsonObject *queueing = json_object_new();
    set_number(queueing, "p50", stats->pdv_p50_ms);
    set_number(queueing, "p95", stats->pdv_p95_ms);
    set_number(queueing, "max", stats->pdv_max_ms);
    json_object_set_object_member(object, "queueing_ms", queueing);
}

/* Nothing where nothing was sent within the window. */
static void set_direction(JsonObject *facts, const char *name, const MpJoinedDirection *joined)
{
    const MpDirectionStats *stats = &joined->stats;
    if (isnan(stats->loss_percent))
        return;
    const struct {
        const char *name;
        double value;
    } members[] = {
        {"packets_sent", stats->packets_sent},
        {"packets_received", stats->packets_received},
        {"loss_percent", stats->loss_percent},
        {"unexplained_lost", (double)stats->loss.runs.lost},
        {"dropped_here", stats->dropped_here},
        {"burst_length", stats->burst_length},
        {"longest_burst", stats->longest_burst},
        {"duplicates", joined->duplicates},
        {"pdv_p95_ms", stats->pdv_p95_ms},
        {"pdv_p99_ms", stats->pdv_p99_ms},
        {"jitter_ms", stats->jitter_ms},
        {"reorder_percent", stats->reorder_percent},
        {"throughput_kbps", stats->throughput_kbps},
        {"offered_kbps", stats->offered_kbps},
        {"tester_error_ms", joined->tester_error_ms},
        {"kernel_stamped_percent", stats->kernel_stamped_percent},
    };
    JsonObject *object = json_object_new();
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        set_number(object, members[i].name, members[i].value);
    mp_media_loss_facts(object, stats);
    set_queueing(object, stats);
    json_object_set_object_member(facts, name, object);
}

/* When the figures are of, on this end's clock. */
static void set_windows(JsonObject *facts, const MpMediaWindow *windows, gsize n_windows)
{
    JsonArray *list = json_array_new();
    for (gsize i = 0; i < n_windows; i++) {
        JsonObject *object = json_object_new();
        set_number(object, "first_unix_ms", mp_time_to_ms(windows[i].first));
        set_number(object, "last_unix_ms", mp_time_to_ms(windows[i].last));
        json_array_add_object_element(list, object);
    }
    json_object_set_array_member(facts, "windows", list);
}

void mp_media_facts_tiers(JsonObject *facts, const MpTierRun *runs, guint n_runs, guint chosen)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < n_runs; i++) {
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "name", runs[i].tier->name);
        json_object_set_int_member(object, "height", runs[i].tier->height);
        json_object_set_int_member(object, "rate_kbps", runs[i].tier->rate_kbps);
        set_number(object, "seconds", mp_time_to_ms(runs[i].span) / 1000);
        set_number(object, "up_loss_percent", runs[i].joined.up.stats.loss_percent);
        set_number(object, "down_loss_percent", runs[i].joined.down.stats.loss_percent);
        json_array_add_object_element(list, object);
    }
    json_object_set_array_member(facts, "tiers", list);

    const MpTierRun *run = &runs[chosen];
    json_object_set_string_member(facts, "tier", run->tier->name);
    json_object_set_int_member(facts, "tier_kbps", run->tier->rate_kbps);
    json_object_set_int_member(facts, "tier_height", run->tier->height);
    set_windows(facts, mp_tier_run_window(run, 0), run->windows->len);
    set_direction(facts, "up", &run->joined.up);
    set_direction(facts, "down", &run->joined.down);
}

static void add_whole(JsonObject *facts, const char *name, const MpJoinedDirection *joined)
{
    if (!json_object_has_member(facts, name))
        return;
    const struct {
        const char *name;
        double value;
    } members[] = {
        {"stopped_after_ms", joined->stopped_after_ms},
        {"silent_ms", joined->silent_ms},
        {"largest_received_bytes", joined->largest_received},
        {"smallest_missing_bytes", joined->smallest_missing},
        {"missing_packets", joined->missing_packets},
        {"loss_below_percent", joined->loss_below_percent},
    };
    JsonObject *object = json_object_get_object_member(facts, name);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        set_number(object, members[i].name, members[i].value);
}

void mp_media_facts_whole(JsonObject *facts, const MpJoined *joined)
{
    add_whole(facts, "up", &joined->up);
    add_whole(facts, "down", &joined->down);
}

static void set_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
}

static void set_arrived(JsonObject *srtp, const char *name, const MpDirectionStats *stats)
{
    JsonObject *object = json_object_new();
    set_number(object, "packets_sent", stats->packets_sent);
    set_number(object, "packets_received", stats->packets_received);
    json_object_set_object_member(srtp, name, object);
}

void mp_media_facts_arrived(JsonObject *facts, const MpJoined *joined)
{
    JsonObject *srtp = json_object_new();
    set_arrived(srtp, "up", &joined->up.stats);
    set_arrived(srtp, "down", &joined->down.stats);
    json_object_set_object_member(facts, "srtp", srtp);
}

void mp_media_facts_certificate(JsonObject *facts, const MpHttpReply *reply)
{
    if (!reply->flaw)
        return;
    JsonObject *leaf = json_object_new();
    set_text(leaf, "subject", reply->subject);
    set_text(leaf, "issuer", reply->issuer);
    JsonArray *chain = json_array_new();
    json_array_add_object_element(chain, leaf);
    JsonObject *tls = json_object_new();
    set_text(tls, "verify", reply->detail);
    set_text(tls, "flaw", reply->flaw);
    json_object_set_array_member(tls, "chain", chain);
    json_object_set_object_member(facts, "tls", tls);
}

static void set_echo(JsonObject *facts, const MpSummary *echo)
{
    if (echo->count == 0)
        return;
    JsonObject *object = json_object_new();
    set_number(object, "min", echo->min);
    set_number(object, "p50", echo->p50);
    set_number(object, "p95", echo->p95);
    set_number(object, "p99", echo->p99);
    set_number(object, "max", echo->max);
    json_object_set_int_member(object, "samples", (gint64)echo->count);
    json_object_set_object_member(facts, "rtt_ms", object);
}

void mp_media_facts_directions(JsonObject *facts, const MpJoined *joined, const MpSummary *echo)
{
    set_direction(facts, "up", &joined->up);
    set_direction(facts, "down", &joined->down);
    set_echo(facts, echo);
}

void mp_media_facts_round_trips(JsonObject *facts, const MpSummary *echo, const GArray *rtcp)
{
    set_echo(facts, echo);
    if (rtcp->len == 0)
        return;
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < rtcp->len; i++) {
        double round_trip = mp_time_to_ms(g_array_index(rtcp, MpTime, i));
        g_array_append_val(values, round_trip);
    }
    MpSummary summary = mp_summary((const void *)values->data, values->len);
    JsonObject *object = json_object_new();
    set_number(object, "p50", summary.p50);
    json_object_set_int_member(object, "samples", (gint64)summary.count);
    json_object_set_object_member(facts, "rtcp_rtt_ms", object);
}

void mp_media_facts_clocks(JsonObject *facts, const MpMediaClocks *clocks)
{
    const gboolean is_stepped = mp_media_clocks_are_stepped(clocks);
    JsonObject *object = json_object_new();
    if (!is_stepped && !isnan(clocks->offset_bound_ms)) {
        set_number(object, "offset_ms", mp_time_to_ms(clocks->offset));
        set_number(object, "offset_bound_ms", clocks->offset_bound_ms);
        set_number(object, "skew_ppm", clocks->skew_ppm);
        set_number(object, "skew_bound_ppm", clocks->skew_bound_ppm);
        json_object_set_boolean_member(object, "skew_corrected", clocks->is_corrected);
    }
    json_object_set_boolean_member(object, "stepped", is_stepped);
    set_number(object, "stepped_here_ms", clocks->stepped_here_ms);
    set_number(object, "stepped_there_ms", clocks->stepped_there_ms);
    json_object_set_object_member(facts, "clocks", object);
}

void mp_media_facts_timing(JsonObject *facts, const char *name, const MpMediaRecord *record)
{
    JsonObject *object = json_object_new();
    set_number(object, "timer_late_p50_ms", mp_time_to_ms(record->timer_late_p50));
    set_number(object, "timer_late_p99_ms", mp_time_to_ms(record->timer_late_p99));
    json_object_set_int_member(object, "receive_overflows", record->receive_overflows);
    if (record->watched > 0) {
        const double watched = (double)record->watched;
        set_number(object, "run_queue_ms", mp_time_to_ms(record->run_queue));
        set_number(object, "run_queue_percent", 100 * (double)record->run_queue / watched);
        set_number(object, "stolen_percent", 100 * (double)record->stolen / watched);
    }
    json_object_set_object_member(facts, name, object);
}

void mp_media_facts_punctual(JsonObject *facts, const MpPunctual *obtained)
{
    JsonObject *timing = json_object_get_object_member(facts, "timing");
    json_object_set_int_member(timing, "timer_slack_ns", obtained->timer_slack_ns);
    json_object_set_boolean_member(timing, "real_time", obtained->is_first);
    json_object_set_boolean_member(timing, "memory_locked", obtained->is_memory_locked);
}
