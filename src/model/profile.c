/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A product's requirements: making, freeing, asking.
 */
#include "model/profile.h"

#include <string.h>

void mp_text_clear(MpText *text)
{
    g_clear_pointer(&text->en, g_free);
    g_clear_pointer(&text->ja, g_free);
}

const char *mp_text_in(const MpText *text, const char *lang)
{
    return g_strcmp0(lang, "ja") == 0 ? text->ja : text->en;
}

static void free_text(gpointer data)
{
    mp_text_clear(data);
    g_free(data);
}

MpHostPattern *mp_host_pattern_new(const char *name)
{
    MpHostPattern *host = g_new0(MpHostPattern, 1);
    host->name = g_strdup(name);
    host->is_wildcard = name[0] == '*';
    host->probe_names = g_ptr_array_new_with_free_func(g_free);
    return host;
}

void mp_host_pattern_free(MpHostPattern *host)
{
    if (!host)
        return;
    g_free(host->name);
    g_ptr_array_unref(host->probe_names);
    g_free(host);
}

gboolean mp_host_pattern_covers(const MpHostPattern *host, const char *name)
{
    if (!host->is_wildcard)
        return g_ascii_strcasecmp(host->name, name) == 0;
    const char *ending = host->name + 1; /* ".opentok.com" */
    gsize ending_length = strlen(ending);
    gsize length = strlen(name);
    return length > ending_length && g_ascii_strcasecmp(name + length - ending_length, ending) == 0;
}

MpRequirementRow *mp_requirement_row_new(void)
{
    MpRequirementRow *row = g_new0(MpRequirementRow, 1);
    row->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)mp_host_pattern_free);
    row->ranges = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    row->services = g_ptr_array_new_with_free_func(g_free);
    row->ports = g_array_new(FALSE, FALSE, sizeof(MpPortRange));
    row->notes = g_ptr_array_new_with_free_func(free_text);
    return row;
}

void mp_requirement_row_free(MpRequirementRow *row)
{
    if (!row)
        return;
    g_free(row->row);
    mp_text_clear(&row->purpose);
    g_ptr_array_unref(row->hosts);
    g_array_unref(row->ranges);
    g_ptr_array_unref(row->services);
    g_array_unref(row->ports);
    g_ptr_array_unref(row->notes);
    g_free(row->source);
    g_free(row->date);
    g_free(row);
}

MpLimit *mp_limit_new(const char *metric)
{
    MpLimit *limit = g_new0(MpLimit, 1);
    limit->metric = g_strdup(metric);
    return limit;
}

void mp_limit_free(MpLimit *limit)
{
    if (!limit)
        return;
    g_free(limit->metric);
    g_free(limit->source);
    g_free(limit);
}

static void clear_tier(gpointer data)
{
    mp_tier_clear(data);
}

MpProfile *mp_profile_new(void)
{
    MpProfile *profile = g_new0(MpProfile, 1);
    profile->rows = g_ptr_array_new_with_free_func((GDestroyNotify)mp_requirement_row_free);
    profile->environment = json_object_new();
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        MpSessionRules *session = &profile->sessions[i];
        session->type = (MpSessionType)i;
        session->tiers = g_array_new(FALSE, TRUE, sizeof(MpTier));
        g_array_set_clear_func(session->tiers, clear_tier);
        session->limits = g_ptr_array_new_with_free_func((GDestroyNotify)mp_limit_free);
        session->up = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
        session->down = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    }
    return profile;
}

void mp_profile_free(MpProfile *profile)
{
    if (!profile)
        return;
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        g_array_unref(profile->sessions[i].tiers);
        g_array_unref(profile->sessions[i].up);
        g_array_unref(profile->sessions[i].down);
        g_free(profile->sessions[i].tiers_source);
        g_free(profile->sessions[i].streams_source);
        g_free(profile->sessions[i].streams_date);
        g_ptr_array_unref(profile->sessions[i].limits);
    }
    g_free(profile->name);
    mp_text_clear(&profile->title);
    g_free(profile->source);
    g_free(profile->date);
    g_ptr_array_unref(profile->rows);
    json_object_unref(profile->environment);
    g_free(profile);
}

const MpRequirementRow *mp_profile_row(const MpProfile *profile, const char *row)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *candidate = g_ptr_array_index(profile->rows, i);
        if (g_str_equal(candidate->row, row))
            return candidate;
    }
    return NULL;
}

static gboolean row_covers(const MpRequirementRow *row, const MpAddress *address)
{
    for (guint i = 0; i < row->ranges->len; i++)
        if (mp_cidr_contains(&g_array_index(row->ranges, MpCidr, i), address))
            return TRUE;
    return FALSE;
}

gboolean mp_profile_covers(const MpProfile *profile, const MpAddress *address)
{
    for (guint i = 0; i < profile->rows->len; i++)
        if (row_covers(g_ptr_array_index(profile->rows, i), address))
            return TRUE;
    return FALSE;
}
