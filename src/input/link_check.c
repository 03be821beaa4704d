/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values of a link that are good each alone and contradict each other.
 */
#include "input/link_source.h"

/* What the direction says at some time. */
typedef struct {
    gboolean has_trace;
    gboolean has_rate;
    gboolean holds;
} Summary;

static Summary summarize(const MpLinkDirection *direction)
{
    Summary summary = {
        .has_trace = direction->opportunities->len > 0,
        .has_rate = direction->conditions.rate_bps > 0,
    };
    for (guint i = 0; i < direction->changes->len; i++)
        summary.has_rate |= g_array_index(direction->changes, MpLinkChange, i).conditions.rate_bps >
                            0;
    for (guint i = 0; i < direction->outages->len; i++)
        summary.holds |= g_array_index(direction->outages, MpLinkOutage, i).type == MP_OUTAGE_HOLDS;
    return summary;
}

static gboolean refuse(const MpLinkSource *source, const char *key, const char *why, GError **error)
{
    MpYamlNode *node = mp_link_source_find(source, key);
    if (node)
        mp_yaml_error(source->yaml, node, error, "%s was found %s", key, why);
    return !node;
}

static gboolean check_trace(const MpLinkSource *source, const Summary *summary, GError **error)
{
    static const char why[] = "with a trace, expected only one of them: a trace is the rate";
    return !summary->has_trace ||
           (refuse(source, "rate_kbps", why, error) && refuse(source, "burst_bytes", why, error));
}

static gboolean check_burst(const MpLinkSource *source, const MpLinkConditions *conditions,
                            GError **error)
{
    return conditions->rate_bps > 0 ||
           refuse(source, "burst_bytes", "without rate_kbps, expected both", error);
}

static gboolean check_queue(const MpLinkSource *source, const MpLinkConditions *conditions,
                            const Summary *summary, GError **error)
{
    if (summary->has_trace || summary->has_rate)
        return TRUE;
    if (conditions->queue.discipline == MP_QUEUE_CODEL || conditions->queue.limit_time > 0)
        return refuse(source, "queue", "without a rate, expected rate_kbps or trace", error);
    return summary->holds ||
           refuse(source, "queue",
                  "where nothing ever waits, expected rate_kbps, trace or an outage that holds",
                  error);
}

static gboolean check_conditions(const MpLinkSource *source, const MpLinkConditions *conditions,
                                 const Summary *summary, GError **error)
{
    return check_trace(source, summary, error) && check_burst(source, conditions, error) &&
           check_queue(source, conditions, summary, error);
}

gboolean mp_link_direction_check(const MpLinkSource *source, const MpLinkDirection *direction,
                                 GError **error)
{
    Summary summary = summarize(direction);
    MpYamlNode *changes = mp_link_source_find(source, "changes");
    if (!check_conditions(source, &direction->conditions, &summary, error))
        return FALSE;
    for (guint i = 0; i < direction->changes->len; i++) {
        MpLinkSource own = {.yaml = source->yaml, .own = mp_yaml_at(changes, i)};
        const MpLinkChange *change = &g_array_index(direction->changes, MpLinkChange, i);
        if (!check_conditions(&own, &change->conditions, &summary, error))
            return FALSE;
    }
    return TRUE;
}

/* What netem has no words for; `word`: only this value of the key. */
static const struct {
    const char *section; /* NULL: the direction itself */
    const char *key;
    const char *word;
} beyond_netem[] = {
    {NULL, "changes", NULL},
    {NULL, "outages", NULL},
    {NULL, "trace", NULL},
    {NULL, "burst_bytes", NULL},
    {"queue", "discipline", "codel"},
    {"jitter", "correlation_ms", NULL},
    {"jitter", "distribution", "exponential"},
    {"jitter", "distribution", "pareto"},
};

static MpYamlNode *find_in(const MpLinkSource *source, const char *section, const char *key)
{
    if (!section)
        return mp_link_source_find(source, key);
    MpYamlNode *mapping = mp_link_source_find(source, section);
    return mapping ? mp_yaml_get(mapping, key) : NULL;
}

static gboolean refuse_for_netem(const MpLinkSource *source, MpYamlNode *node, const char *what,
                                 GError **error)
{
    mp_yaml_error(source->yaml, node, error,
                  "%s was found, which netem cannot do, expected \"backend: emulator\"", what);
    return FALSE;
}

/* An empty list takes back what both directions say. */
static gboolean is_empty_list(MpYamlNode *node)
{
    return mp_yaml_type(node) == MP_YAML_SEQUENCE && mp_yaml_size(node) == 0;
}

gboolean mp_link_netem_check(const MpLinkSource *source, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(beyond_netem); i++) {
        const char *word = beyond_netem[i].word;
        MpYamlNode *node = find_in(source, beyond_netem[i].section, beyond_netem[i].key);
        if (node && !is_empty_list(node) && (!word || g_strcmp0(mp_yaml_text(node), word) == 0))
            return refuse_for_netem(source, node, word ? word : beyond_netem[i].key, error);
    }
    /* netem sorts packets by the time when they are due. */
    MpYamlNode *jitter = mp_link_source_find(source, "jitter");
    if (jitter && mp_link_time_read(jitter, "ms") > 0 &&
        !mp_yaml_get_boolean(jitter, "reorder", FALSE))
        return refuse_for_netem(source, jitter, "jitter without \"reorder: true\"", error);
    return TRUE;
}
