/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A path's model as result.json keeps it.
 */
#include <math.h>
#include <string.h>

#include "model/measurement.h"
#include "model/path_model.h"

static const char *const distributions[] = {
    [MP_JITTER_UNIFORM] = "uniform",
    [MP_JITTER_NORMAL] = "normal",
    [MP_JITTER_EXPONENTIAL] = "exponential",
    [MP_JITTER_PARETO] = "pareto",
};

static const char *const outages[] = {[MP_OUTAGE_DROPS] = "drop", [MP_OUTAGE_HOLDS] = "hold"};

/* Where each number of a side is. */
typedef struct {
    const char *path; /* "object.member" or "member" */
    gsize offset;
} Number;

static const Number numbers[] = {
    {"seconds", offsetof(MpPathSide, seconds)},
    {"delay_ms", offsetof(MpPathSide, delay_ms)},
    {"rate_kbps.low", offsetof(MpPathSide, rate_low_kbps)},
    {"rate_kbps.value", offsetof(MpPathSide, rate_kbps)},
    {"rate_kbps.high", offsetof(MpPathSide, rate_high_kbps)},
    {"bucket_bytes", offsetof(MpPathSide, bucket_bytes)},
    {"queue_ms.low", offsetof(MpPathSide, queue_low_ms)},
    {"queue_ms.value", offsetof(MpPathSide, queue_ms)},
    {"queue_ms.high", offsetof(MpPathSide, queue_high_ms)},
    {"jitter.scale_ms", offsetof(MpPathSide, jitter.scale_ms.median)},
    {"jitter.scale_spread", offsetof(MpPathSide, jitter.scale_ms.spread)},
    {"jitter.correlation_ms", offsetof(MpPathSide, jitter.correlation_ms.median)},
    {"jitter.correlation_spread", offsetof(MpPathSide, jitter.correlation_ms.spread)},
    {"jitter.median_ms", offsetof(MpPathSide, jitter.median_ms)},
    {"jitter.middle", offsetof(MpPathSide, jitter.middle)},
    {"jitter.middle_spread", offsetof(MpPathSide, jitter.middle_spread)},
    {"loss.in_bursts", offsetof(MpPathSide, loss.in_bursts)},
    {"outages.number", offsetof(MpPathSide, outages.number)},
    {"outages.seconds", offsetof(MpPathSide, outages.seconds)},
    {"outages.length_ms", offsetof(MpPathSide, outages.length_ms.median)},
    {"outages.length_spread", offsetof(MpPathSide, outages.length_ms.spread)},
};

static const Number chances[] = {
    {"loss.alone", offsetof(MpPathSide, loss.alone)},
    {"loss.good_to_bad", offsetof(MpPathSide, loss.good_to_bad)},
    {"loss.bad_to_good", offsetof(MpPathSide, loss.bad_to_good)},
    {"loss.loss_in_good", offsetof(MpPathSide, loss.loss_in_good)},
    {"loss.loss_in_bad", offsetof(MpPathSide, loss.loss_in_bad)},
};

/* The object that holds the last part of `path`, made where it is not there yet. */
static JsonObject *object_for(JsonObject *object, const char *path, const char **member)
{
    const char *dot = strchr(path, '.');
    *member = dot ? dot + 1 : path;
    if (!dot)
        return object;
    g_autofree char *name = g_strndup(path, (gsize)(dot - path));
    if (!json_object_has_member(object, name))
        json_object_set_object_member(object, name, json_object_new());
    return json_object_get_object_member(object, name);
}

static void put_number(JsonObject *object, const Number *number, const MpPathSide *side)
{
    const double *value = G_STRUCT_MEMBER_P(side, number->offset);
    if (isnan(*value))
        return;
    const char *member = NULL;
    JsonObject *holder = object_for(object, number->path, &member);
    json_object_set_double_member(holder, member, *value);
}

static void put_chance(JsonObject *object, const Number *number, const MpPathSide *side)
{
    const MpChance *chance = G_STRUCT_MEMBER_P(side, number->offset);
    const char *member = NULL;
    JsonObject *holder = object_for(object, number->path, &member);
    JsonArray *counts = json_array_new();
    json_array_add_double_element(counts, chance->yes);
    json_array_add_double_element(counts, chance->no);
    json_object_set_array_member(holder, member, counts);
}

static JsonObject *side_to_json(const MpPathSide *side)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "packets", side->packets);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        put_number(object, &numbers[i], side);
    for (gsize i = 0; i < G_N_ELEMENTS(chances); i++)
        put_chance(object, &chances[i], side);
    JsonObject *jitter = json_object_get_object_member(object, "jitter");
    json_object_set_string_member(jitter, "distribution", distributions[side->jitter.distribution]);
    json_object_set_boolean_member(jitter, "reorders", side->jitter.reorders);
    json_object_set_string_member(json_object_get_object_member(object, "outages"), "type",
                                  outages[side->outages.type]);
    json_object_set_int_member(object, "crowded_out", side->crowded_out);
    json_object_set_boolean_member(object, "policer", side->is_policer);
    return object;
}

JsonObject *mp_path_model_to_json(const MpPathModel *model)
{
    JsonObject *object = json_object_new();
    if (model->up.packets > 0)
        json_object_set_object_member(object, "up", side_to_json(&model->up));
    if (model->down.packets > 0)
        json_object_set_object_member(object, "down", side_to_json(&model->down));
    return object;
}

static gboolean read_chance(JsonObject *object, const Number *number, MpPathSide *side)
{
    JsonArray *counts = mp_facts_array(object, number->path);
    if (!counts || json_array_get_length(counts) != 2)
        return FALSE;
    MpChance *chance = G_STRUCT_MEMBER_P(side, number->offset);
    *chance = (MpChance){json_array_get_double_element(counts, 0),
                         json_array_get_double_element(counts, 1)};
    return TRUE;
}

/* FALSE: none of the names. */
static gboolean find_name(const char *const *names, gsize n, const char *name, guint *index)
{
    for (*index = 0; name && *index < n; (*index)++)
        if (g_str_equal(names[*index], name))
            return TRUE;
    return FALSE;
}

static gboolean read_boolean(JsonObject *object, const char *name)
{
    return object && json_object_get_boolean_member_with_default(object, name, FALSE);
}

/* A file may say anything: past this there is no number left to draw. */
#define WIDEST_SPREAD 100

/* The numbers without which nothing can be drawn. */
static gboolean is_whole(const MpPathSide *side)
{
    return side->packets > 0 && isfinite(side->delay_ms) &&
           isfinite(side->jitter.scale_ms.median) && isfinite(side->jitter.median_ms) &&
           side->jitter.scale_ms.spread <= WIDEST_SPREAD &&
           side->jitter.correlation_ms.spread <= WIDEST_SPREAD &&
           side->outages.length_ms.spread <= WIDEST_SPREAD && side->outages.seconds > 0;
}

static gboolean read_side(JsonObject *object, MpPathSide *side)
{
    MpPathSide read = *side;
    double packets = 0;
    double crowded_out = 0;
    guint distribution = 0;
    guint type = 0;
    if (!object || !mp_facts_number(object, "packets", &packets) ||
        !find_name(distributions, G_N_ELEMENTS(distributions),
                   mp_facts_string(object, "jitter.distribution"), &distribution) ||
        !find_name(outages, G_N_ELEMENTS(outages), mp_facts_string(object, "outages.type"), &type))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        mp_facts_number(object, numbers[i].path, G_STRUCT_MEMBER_P(&read, numbers[i].offset));
    for (gsize i = 0; i < G_N_ELEMENTS(chances); i++)
        if (!read_chance(object, &chances[i], &read))
            return FALSE;
    mp_facts_number(object, "crowded_out", &crowded_out);
    read.packets = (guint)packets;
    read.crowded_out = (guint)crowded_out;
    read.jitter.distribution = (MpJitterDistribution)distribution;
    read.jitter.reorders = read_boolean(mp_facts_object(object, "jitter"), "reorders");
    read.outages.type = (MpOutageType)type;
    read.is_policer = read_boolean(object, "policer");
    if (!is_whole(&read))
        return FALSE;
    *side = read;
    return TRUE;
}

MpPathModel *mp_path_model_from_json(JsonObject *object)
{
    MpPathModel *model = mp_path_model_new();
    const gboolean has_up = read_side(mp_facts_object(object, "up"), &model->up);
    const gboolean has_down = read_side(mp_facts_object(object, "down"), &model->down);
    if (has_up || has_down)
        return model;
    g_free(model);
    return NULL;
}
