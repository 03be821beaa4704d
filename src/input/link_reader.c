/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link from YAML.
 */
#include "input/link_reader.h"

#include "input/link_source.h"
#include "input/link_trace.h"

static gboolean read_change(const MpLinkSource *source, MpYamlNode *node, MpTime after,
                            MpLinkChange *change, GError **error)
{
    MpLinkSource own = {.yaml = source->yaml, .own = node};
    change->at = mp_link_time_read(node, "at_ms");
    if (change->at > after)
        return mp_link_conditions_read(&own, &change->conditions, error);
    mp_yaml_error(source->yaml, mp_yaml_get(node, "at_ms"), error,
                  "%.12g was found after a change at %.12g, expected a later time",
                  mp_time_to_ms(change->at), mp_time_to_ms(after));
    return FALSE;
}

/* Each starts from what the one before it left. */
static gboolean read_changes(const MpLinkSource *source, MpLinkDirection *direction, GError **error)
{
    MpYamlNode *list = mp_link_source_find(source, "changes");
    MpLinkChange change = {.at = -1, .conditions = direction->conditions};
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        if (!read_change(source, mp_yaml_at(list, i), change.at, &change, error))
            return FALSE;
        g_array_append_val(direction->changes, change);
    }
    return TRUE;
}

static gboolean read_outage(const MpYaml *yaml, MpYamlNode *node, MpLinkOutage *outage,
                            GError **error)
{
    *outage = (MpLinkOutage){
        .type = mp_yaml_says(node, "type", "hold") ? MP_OUTAGE_HOLDS : MP_OUTAGE_DROPS,
        .at = mp_link_time_read(node, "at_ms"),
        .length = mp_link_time_read(node, "for_ms"),
        .every = mp_link_time_read(node, "every_ms"),
    };
    if (outage->every == 0 || outage->every > outage->length)
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(node, "every_ms"), error,
                  "%.12g was found for outages of %.12g ms, expected more: the link must come back",
                  mp_time_to_ms(outage->every), mp_time_to_ms(outage->length));
    return FALSE;
}

static gboolean read_outages(const MpLinkSource *source, MpLinkDirection *direction, GError **error)
{
    MpYamlNode *list = mp_link_source_find(source, "outages");
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        MpLinkOutage outage;
        if (!read_outage(source->yaml, mp_yaml_at(list, i), &outage, error))
            return FALSE;
        g_array_append_val(direction->outages, outage);
    }
    return TRUE;
}

static gboolean read_trace(const MpLinkSource *source, MpLinkDirection *direction, GError **error)
{
    MpYamlNode *node = mp_link_source_find(source, "trace");
    if (!node)
        return TRUE;
    g_autofree char *path = mp_yaml_resolve(source->yaml, mp_yaml_text(node));
    g_autoptr(GError) reason = NULL;
    g_autoptr(GArray) opportunities = mp_link_trace_load(path, &reason);
    if (!opportunities) {
        mp_yaml_error(source->yaml, node, error, "trace %s", reason->message);
        return FALSE;
    }
    g_array_append_vals(direction->opportunities, opportunities->data, opportunities->len);
    return TRUE;
}

static gboolean read_direction(const MpLinkSource *source, MpLinkBackend backend,
                               MpLinkDirection *direction, GError **error)
{
    return mp_link_conditions_read(source, &direction->conditions, error) &&
           read_changes(source, direction, error) && read_outages(source, direction, error) &&
           read_trace(source, direction, error) &&
           mp_link_direction_check(source, direction, error) &&
           (backend != MP_LINK_NETEM || mp_link_netem_check(source, error));
}

MpLink *mp_link_read(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    MpYamlNode *both = mp_yaml_get(node, "both");
    MpLinkSource up = {.yaml = yaml, .own = mp_yaml_get(node, "up"), .both = both};
    MpLinkSource down = {.yaml = yaml, .own = mp_yaml_get(node, "down"), .both = both};
    g_autoptr(MpLink) link = mp_link_new();
    link->seed = (guint64)mp_yaml_get_number(node, "seed", (double)link->seed);
    link->backend = mp_yaml_says(node, "backend", "netem") ? MP_LINK_NETEM : MP_LINK_EMULATOR;
    if (!read_direction(&up, link->backend, &link->up, error) ||
        !read_direction(&down, link->backend, &link->down, error))
        return NULL;
    return g_steal_pointer(&link);
}
