/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tiers and limits of one kind of session.
 */
#include "input/session_reader.h"

#include "input/stream_reader.h"

static gboolean read_tier(const MpYaml *yaml, MpYamlNode *node, MpSessionRules *session,
                          GError **error)
{
    guint n_tiers = session->tiers->len;
    guint rate_kbps = (guint)mp_yaml_get_number(node, "rate_kbps", 0);
    guint better_kbps = n_tiers ? g_array_index(session->tiers, MpTier, n_tiers - 1).rate_kbps
                                : G_MAXUINT;
    if (rate_kbps >= better_kbps) {
        mp_yaml_error(yaml, mp_yaml_get(node, "rate_kbps"), error,
                      "rate_kbps %u was found after %u, expected the best tier first and each "
                      "rate below the one before",
                      rate_kbps, better_kbps);
        return FALSE;
    }
    g_array_set_size(session->tiers, n_tiers + 1);
    g_array_index(session->tiers, MpTier, n_tiers) = (MpTier){
        .name = g_strdup(mp_yaml_get_text(node, "name", NULL)),
        .height = (guint)mp_yaml_get_number(node, "height", 0),
        .fps = (guint)mp_yaml_get_number(node, "fps", 0),
        .rate_kbps = rate_kbps,
    };
    return TRUE;
}

static gboolean has_limit(const MpSessionRules *session, const char *metric)
{
    for (guint i = 0; i < session->limits->len; i++) {
        const MpLimit *limit = g_ptr_array_index(session->limits, i);
        if (g_str_equal(limit->metric, metric))
            return TRUE;
    }
    return FALSE;
}

static gboolean check_order(const MpYaml *yaml, MpYamlNode *node, const MpLimit *limit,
                            GError **error)
{
    gboolean is_ordered = limit->higher_is_better ? limit->degraded <= limit->stable
                                                  : limit->degraded >= limit->stable;
    if (is_ordered)
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(node, "degraded"), error,
                  "degraded %g was found beside stable %g, expected %s because %s is better",
                  limit->degraded, limit->stable, limit->higher_is_better ? "less" : "more",
                  limit->higher_is_better ? "higher" : "lower");
    return FALSE;
}

static gboolean read_limit(const MpYaml *yaml, MpYamlNode *node, MpSessionRules *session,
                           GError **error)
{
    g_autoptr(MpLimit) limit = mp_limit_new(mp_yaml_get_text(node, "metric", NULL));
    limit->source = g_strdup(mp_yaml_get_text(node, "source", NULL));
    limit->higher_is_better = mp_yaml_says(node, "better", "higher");
    limit->stable = mp_yaml_get_number(node, "stable", 0);
    limit->degraded = mp_yaml_get_number(node, "degraded", 0);

    if (has_limit(session, limit->metric)) {
        mp_yaml_error(yaml, mp_yaml_get(node, "metric"), error,
                      "metric \"%s\" was found a second time, expected one limit for each",
                      limit->metric);
        return FALSE;
    }
    if (!check_order(yaml, node, limit, error))
        return FALSE;
    g_ptr_array_add(session->limits, g_steal_pointer(&limit));
    return TRUE;
}

gboolean mp_session_rules_read(const MpYaml *yaml, MpYamlNode *node, MpSessionRules *session,
                               GError **error)
{
    session->tiers_source = g_strdup(mp_yaml_get_text(node, "tiers_source", NULL));
    MpYamlNode *tiers = mp_yaml_get(node, "tiers");
    for (guint i = 0; tiers && i < mp_yaml_size(tiers); i++)
        if (!read_tier(yaml, mp_yaml_at(tiers, i), session, error))
            return FALSE;
    if (!mp_streams_read(yaml, node, session, error))
        return FALSE;

    MpYamlNode *limits = mp_yaml_get(node, "limits");
    for (guint i = 0; i < mp_yaml_size(limits); i++)
        if (!read_limit(yaml, mp_yaml_at(limits, i), session, error))
            return FALSE;
    return TRUE;
}
