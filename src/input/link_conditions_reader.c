/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The conditions of a link from YAML, value by value.
 */
#include <math.h>

#include "input/link_source.h"

static const char *const transitions[] = {"good_to_bad_percent", "bad_to_good_percent"};
static const char *const chances[] = {"in_good_percent", "in_bad_percent"};

MpYamlNode *mp_link_source_find(const MpLinkSource *source, const char *key)
{
    MpYamlNode *own = source->own ? mp_yaml_get(source->own, key) : NULL;
    return own || !source->both ? own : mp_yaml_get(source->both, key);
}

MpTime mp_link_time_read(MpYamlNode *mapping, const char *key)
{
    return (MpTime)llround(mp_yaml_get_number(mapping, key, 0) * 1e6);
}

static double read_probability(MpYamlNode *mapping, const char *key, double fallback_percent)
{
    return mp_yaml_get_number(mapping, key, fallback_percent) / 100;
}

static MpJitterDistribution read_distribution(MpYamlNode *node)
{
    static const char *const names[] = {
        [MP_JITTER_UNIFORM] = "uniform",
        [MP_JITTER_NORMAL] = "normal",
        [MP_JITTER_EXPONENTIAL] = "exponential",
        [MP_JITTER_PARETO] = "pareto",
    };
    return (MpJitterDistribution)mp_yaml_get_choice(node, "distribution", names,
                                                    G_N_ELEMENTS(names), MP_JITTER_NORMAL);
}

static gboolean read_jitter(const MpYaml *yaml, MpYamlNode *node, MpLinkJitter *jitter,
                            GError **error)
{
    *jitter = (MpLinkJitter){
        .distribution = read_distribution(node),
        .scale = mp_link_time_read(node, "ms"),
        .correlation_time = mp_link_time_read(node, "correlation_ms"),
        .reorders = mp_yaml_get_boolean(node, "reorder", FALSE),
    };
    if (!jitter->reorders || jitter->correlation_time == 0)
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(node, "correlation_ms"), error,
                  "correlation_ms was found with \"reorder: true\", expected only one of them");
    return FALSE;
}

static gboolean has_any(MpYamlNode *node, const char *const *keys)
{
    return mp_yaml_get(node, keys[0]) || mp_yaml_get(node, keys[1]);
}

static gboolean read_two_states(const MpYaml *yaml, MpYamlNode *node, MpLinkLoss *loss,
                                GError **error)
{
    static const char *const others[] = {"percent", "burst_length"};
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        MpYamlNode *other = mp_yaml_get(node, others[i]);
        if (!other)
            continue;
        mp_yaml_error(yaml, other, error,
                      "%s was found with the percentages of two states, expected only one way to "
                      "say the loss",
                      others[i]);
        return FALSE;
    }
    if (!mp_yaml_get(node, transitions[0]) || !mp_yaml_get(node, transitions[1])) {
        mp_yaml_error(yaml, node, error,
                      "a loss of two states was found without the way between them, expected "
                      "good_to_bad_percent and bad_to_good_percent");
        return FALSE;
    }
    *loss = (MpLinkLoss){
        .good_to_bad = read_probability(node, transitions[0], 0),
        .bad_to_good = read_probability(node, transitions[1], 0),
        .loss_in_good = read_probability(node, chances[0], 0),
        .loss_in_bad = read_probability(node, chances[1], 100),
    };
    return TRUE;
}

/* Between two bursts there is at least one packet that gets through, so that much loss is possible
 * only in bursts that are long enough. */
static gboolean check_burst(const MpYaml *yaml, MpYamlNode *burst, double ratio, double length,
                            GError **error)
{
    double shortest = ratio < 1 ? ratio / (1 - ratio) : 1;
    if (length * (1 + 1e-9) >= shortest)
        return TRUE;
    mp_yaml_error(yaml, burst, error,
                  "a burst_length of %g was found, expected %g or more: shorter bursts cannot lose "
                  "%g percent",
                  length, shortest, ratio * 100);
    return FALSE;
}

static gboolean read_loss(const MpYaml *yaml, MpYamlNode *node, MpLinkLoss *loss, GError **error)
{
    if (has_any(node, transitions) || has_any(node, chances))
        return read_two_states(yaml, node, loss, error);
    MpYamlNode *burst = mp_yaml_get(node, "burst_length");
    if (!mp_yaml_get(node, "percent")) {
        mp_yaml_error(yaml, burst ? burst : node, error,
                      "a loss was found that does not say how much, expected percent");
        return FALSE;
    }
    double ratio = read_probability(node, "percent", 0);
    double length = mp_yaml_get_number(node, "burst_length", 1);
    *loss = burst ? mp_link_loss_bursts(ratio, length) : mp_link_loss_independent(ratio);
    return !burst || check_burst(yaml, burst, ratio, length, error);
}

static MpLinkQueue read_queue(MpYamlNode *node)
{
    return (MpLinkQueue){
        .discipline = mp_yaml_says(node, "discipline", "codel") ? MP_QUEUE_CODEL
                                                                : MP_QUEUE_TAIL_DROP,
        .limit_time = mp_link_time_read(node, "ms"),
        .limit_packets = (guint)mp_yaml_get_number(node, "packets", 0),
    };
}

static void replace(const MpLinkSource *source, const char *key, double *value)
{
    MpYamlNode *node = mp_link_source_find(source, key);
    if (node)
        mp_yaml_number(node, value);
}

static void read_numbers(const MpLinkSource *source, MpLinkConditions *conditions)
{
    double delay_ms = (double)conditions->delay / 1e6;
    double duplicate_percent = conditions->duplicate * 100;
    double corrupt_percent = conditions->corrupt * 100;
    double rate_kbps = (double)conditions->rate_bps / 1e3;
    double burst_bytes = (double)conditions->burst_bytes;
    replace(source, "delay_ms", &delay_ms);
    replace(source, "duplicate_percent", &duplicate_percent);
    replace(source, "corrupt_percent", &corrupt_percent);
    replace(source, "rate_kbps", &rate_kbps);
    replace(source, "burst_bytes", &burst_bytes);
    conditions->delay = (MpTime)llround(delay_ms * 1e6);
    conditions->duplicate = duplicate_percent / 100;
    conditions->corrupt = corrupt_percent / 100;
    conditions->rate_bps = (guint64)llround(rate_kbps * 1e3);
    conditions->burst_bytes = (guint64)llround(burst_bytes);
}

gboolean mp_link_conditions_read(const MpLinkSource *source, MpLinkConditions *conditions,
                                 GError **error)
{
    MpYamlNode *jitter = mp_link_source_find(source, "jitter");
    MpYamlNode *loss = mp_link_source_find(source, "loss");
    MpYamlNode *queue = mp_link_source_find(source, "queue");
    read_numbers(source, conditions);
    if (queue)
        conditions->queue = read_queue(queue);
    return (!jitter || read_jitter(source->yaml, jitter, &conditions->jitter, error)) &&
           (!loss || read_loss(source->yaml, loss, &conditions->loss, error));
}
