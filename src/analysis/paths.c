/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folds the measurements into the ways that a call could go.
 */
#include "analysis/paths.h"

#include <math.h>

#include "analysis/evidence.h"
#include "analysis/path_model_fit.h"
#include "model/json_number.h"

/* Where a number of the facts of "media" goes in MpPath or MpDirection. */
typedef struct {
    const char *fact;
    gsize offset;
} Number;

static const Number path_numbers[] = {
    {"setup_ms", offsetof(MpPath, setup_ms)},     {"rtt_ms.min", offsetof(MpPath, rtt_min_ms)},
    {"rtt_ms.p50", offsetof(MpPath, rtt_p50_ms)}, {"rtt_ms.p95", offsetof(MpPath, rtt_p95_ms)},
    {"rtt_ms.p99", offsetof(MpPath, rtt_p99_ms)}, {"rtt_ms.max", offsetof(MpPath, rtt_max_ms)},
    {"tier_kbps", offsetof(MpPath, tier_kbps)},   {"tier_height", offsetof(MpPath, tier_height)},
};

static const Number direction_numbers[] = {
    {"packets_sent", offsetof(MpDirection, packets_sent)},
    {"packets_received", offsetof(MpDirection, packets_received)},
    {"loss_percent", offsetof(MpDirection, loss_percent)},
    {"unexplained_lost", offsetof(MpDirection, unexplained_lost)},
    {"burst_length", offsetof(MpDirection, burst_length)},
    {"pdv_p95_ms", offsetof(MpDirection, pdv_p95_ms)},
    {"jitter_ms", offsetof(MpDirection, jitter_ms)},
    {"reorder_percent", offsetof(MpDirection, reorder_percent)},
    {"throughput_kbps", offsetof(MpDirection, throughput_kbps)},
    {"offered_kbps", offsetof(MpDirection, offered_kbps)},
    {"tester_error_ms", offsetof(MpDirection, tester_error_ms)},
};

/* Of "capacity.up" and "capacity.down". */
static const Number capacity_numbers[] = {
    {"value_kbps", offsetof(MpDirection, capacity_kbps)},
    {"low_kbps", offsetof(MpDirection, capacity_low_kbps)},
    {"high_kbps", offsetof(MpDirection, capacity_high_kbps)},
};

static void read_numbers(JsonObject *facts, const Number *numbers, gsize n, void *target)
{
    for (gsize i = 0; facts && i < n; i++) {
        double *value = G_STRUCT_MEMBER_P(target, numbers[i].offset);
        mp_facts_number(facts, numbers[i].fact, value);
    }
}

static guint count_of(JsonObject *turn, const char *path)
{
    double number = 0;
    mp_facts_number(turn, path, &number);
    return (guint)number;
}

static void read_turns(MpPath *path, JsonObject *facts)
{
    JsonArray *rounds = mp_facts_array(facts, "turns.rounds");
    for (guint i = 0; rounds && i < json_array_get_length(rounds); i++) {
        JsonObject *object = mp_facts_object_at(rounds, i);
        MpTurn turn = {.round = count_of(object, "round"),
                       .rtt_ms = NAN,
                       .up_sent = count_of(object, "up.packets_sent"),
                       .up_lost = count_of(object, "up.unexplained_lost"),
                       .down_sent = count_of(object, "down.packets_sent"),
                       .down_lost = count_of(object, "down.unexplained_lost")};
        mp_facts_number(object, "rtt_ms", &turn.rtt_ms);
        g_array_append_val(path->turns, turn);
    }
}

/* "up", "down", "rtt_ms" and the rate. */
static void read_figures(MpPath *path, JsonObject *facts)
{
    read_numbers(facts, path_numbers, G_N_ELEMENTS(path_numbers), path);
    read_numbers(mp_facts_object(facts, "up"), direction_numbers, G_N_ELEMENTS(direction_numbers),
                 &path->up);
    read_numbers(mp_facts_object(facts, "down"), direction_numbers, G_N_ELEMENTS(direction_numbers),
                 &path->down);
}

static void read_sessions(MpPath *path, JsonObject *facts)
{
    JsonObject *sessions = mp_facts_object(facts, "sessions");
    for (guint i = 0; sessions && i < MP_N_SESSION_TYPES; i++) {
        JsonObject *session = mp_facts_object(sessions, mp_session_type_name((MpSessionType)i));
        if (!session)
            continue;
        mp_path_free(path->sessions[i]);
        path->sessions[i] = mp_path_new(path->way);
        path->sessions[i]->setup_ms = path->setup_ms;
        read_figures(path->sessions[i], session);
        mp_facts_number(session, "background_frame_ms.p95",
                        &path->sessions[i]->background_frame_p95_ms);
        path->sessions[i]->is_cut_short = json_object_has_member(session, "cut_short");
    }
}

static void read_media(MpPath *path, const MpMeasurement *media)
{
    read_figures(path, media->facts);
    read_sessions(path, media->facts);
    read_numbers(mp_facts_object(media->facts, "capacity.up"), capacity_numbers,
                 G_N_ELEMENTS(capacity_numbers), &path->up);
    read_numbers(mp_facts_object(media->facts, "capacity.down"), capacity_numbers,
                 G_N_ELEMENTS(capacity_numbers), &path->down);
    path->is_cut = mp_evidence_media_stopped(media, "up") ||
                   mp_evidence_media_stopped(media, "down");
    g_array_set_size(path->turns, 0);
    read_turns(path, media->facts);
    g_free(path->tier);
    path->tier = g_strdup(mp_facts_string(media->facts, "tier"));
}

/* The model that is written is the one that is judged by. Without packets it is that of the result
 * that was read. */
static void set_model(MpPath *path, const MpResult *result, const MpMeasurement *media)
{
    g_autofree MpPathModel *model = mp_path_model_fit(media);
    JsonObject *kept = result->kept_models[path->way];
    g_autoptr(JsonObject) written = model  ? mp_path_model_to_json(model)
                                    : kept ? json_object_ref(kept)
                                           : NULL;
    if (!written)
        return;
    mp_json_round(written);
    g_free(path->model);
    path->model = mp_path_model_from_json(written);
}

/* NAN compares false: a count that is not known is no proof of nothing. */
static gboolean is_one_way(const MpPath *path)
{
    return path->up.packets_received <= 0 || path->down.packets_received <= 0;
}

static MpUsable media_usable(const MpPath *path, const MpMeasurement *media)
{
    const MpReach flow = mp_stage_reach(mp_measurement_stage(media, "media"));
    if (media->outcome == MP_OUTCOME_ANSWERED || flow == MP_REACH_ANSWERED)
        return is_one_way(path) ? MP_USABLE_NO : MP_USABLE_YES;

    /* Without signalling the way itself was never tried. */
    const MpReach whip = mp_stage_reach(mp_measurement_stage(media, "whip"));
    if (whip != MP_REACH_UNASKED && whip != MP_REACH_ANSWERED)
        return MP_USABLE_UNKNOWN;
    JsonObject *broken = mp_measurement_broken_stage(media);
    if (broken && g_strcmp0(mp_facts_string(broken, "name"), "resolve") == 0)
        return MP_USABLE_UNKNOWN;
    return mp_reach_is_broken(mp_stage_reach(broken)) ? MP_USABLE_NO : MP_USABLE_UNKNOWN;
}

/* A relay that nobody sent media through: not usable if the network broke its ladder. */
static gboolean ladder_is_broken(const MpMeasurement *turn)
{
    JsonObject *broken = mp_measurement_broken_stage(turn);
    return broken && g_strcmp0(mp_facts_string(broken, "name"), "resolve") != 0 &&
           mp_reach_is_broken(mp_stage_reach(broken));
}

/* All servers of the way must have been tried in vain. */
static MpUsable relays_usable(const MpPath *path)
{
    guint n_broken = 0;
    guint n_relays = 0;
    for (guint i = 0; i < path->measurements->len; i++) {
        const MpMeasurement *measurement = path->measurements->pdata[i];
        if (!g_str_equal(measurement->kind, "turn"))
            continue;
        n_relays++;
        n_broken += ladder_is_broken(measurement) ? 1 : 0;
    }
    return n_relays > 0 && n_broken == n_relays ? MP_USABLE_NO : MP_USABLE_UNKNOWN;
}

/* The media's server goes before one that was only asked. */
static void keep_server(MpPath *path, const MpStep *step)
{
    if (!step->server || (path->server && !g_str_equal(step->kind, "media")))
        return;
    g_free(path->server);
    path->server = mp_server_uri_to_string(step->server);
}

static void add_kind(MpPath *path, const MpResult *result, const char *kind)
{
    for (guint i = 0; i < result->plan->len; i++) {
        const MpStep *step = result->plan->pdata[i];
        if (!mp_step_is_of_way(step, path->way) || !g_str_equal(step->kind, kind))
            continue;
        const MpMeasurement *measurement = mp_result_measurement(result, step->id);
        keep_server(path, step);
        if (measurement)
            g_ptr_array_add(path->measurements, (gpointer)measurement);
    }
}

/* Of the first relay of the way that took part. */
static void read_rounds(MpPath *path)
{
    JsonArray *times = NULL;
    double n_ways = 0;
    for (guint i = 0; i < path->measurements->len && !times; i++) {
        JsonObject *facts = ((const MpMeasurement *)path->measurements->pdata[i])->facts;
        times = mp_facts_array(facts, "rounds.rtt_ms");
        mp_facts_number(facts, "rounds.ways", &n_ways);
    }
    path->rounds_ways = times ? (guint)n_ways : 0;
    for (guint i = 0; times && i < json_array_get_length(times); i++) {
        double time = NAN;
        mp_facts_number_at(times, i, &time);
        g_array_append_val(path->rounds_ms, time);
    }
}

static MpPath *fold_way(const MpResult *result, MpWay way)
{
    MpPath *path = mp_path_new(way);
    add_kind(path, result, "turn");
    path->usable = relays_usable(path);
    read_rounds(path);
    const guint n_relays = path->measurements->len;
    add_kind(path, result, "media");
    for (guint i = n_relays; i < path->measurements->len; i++) {
        const MpMeasurement *media = path->measurements->pdata[i];
        if (media->outcome == MP_OUTCOME_NOT_RUN)
            continue;
        read_media(path, media);
        set_model(path, result, media);
        path->usable = media_usable(path, media);
    }
    return path;
}

static gboolean is_planned(const MpResult *result, MpWay way)
{
    for (guint i = 0; i < result->plan->len; i++)
        if (mp_step_is_of_way(result->plan->pdata[i], way))
            return TRUE;
    return FALSE;
}

void mp_analysis_paths(MpResult *result)
{
    g_ptr_array_set_size(result->paths, 0);
    for (guint way = 0; way < MP_N_WAYS; way++)
        if (mp_way_takes_media((MpWay)way) && is_planned(result, (MpWay)way))
            g_ptr_array_add(result->paths, fold_way(result, (MpWay)way));
}

const MpPath *mp_analysis_preferred_path(const MpResult *result)
{
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        if (path->usable == MP_USABLE_YES)
            return path;
    }
    return NULL;
}
