/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One row of a profile.
 */
#include "input/row_reader.h"

#include <stdio.h>
#include <string.h>

/* What the readers below share. */
typedef struct {
    const MpYaml *yaml;
    MpRequirementRow *row;
    GError **error;
} Reader;

void mp_text_read(MpText *text, MpYamlNode *node)
{
    text->en = g_strdup(mp_yaml_get_text(node, "en", NULL));
    text->ja = g_strdup(mp_yaml_get_text(node, "ja", NULL));
}

gboolean mp_date_check(const MpYaml *yaml, MpYamlNode *mapping, const char *key, GError **error)
{
    const char *text = mp_yaml_get_text(mapping, key, NULL);
    guint year = 0;
    guint month = 0;
    guint day = 0;
    if (!text || (sscanf(text, "%4u-%2u-%2u", &year, &month, &day) == 3 &&
                  g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)))
        return TRUE;
    mp_yaml_error(yaml, mp_yaml_get(mapping, key), error,
                  "date \"%s\" was found, expected a day of the calendar", text);
    return FALSE;
}

static gboolean refuse_probe(Reader *reader, MpYamlNode *node, const char *name,
                             const char *pattern)
{
    mp_yaml_error(reader->yaml, node, reader->error,
                  "probe host \"%s\" was found, expected a host under \"%s\"", name, pattern);
    return FALSE;
}

/* A wildcard cannot be asked anything: hosts under it stand for it, and the file says who chose
 * them. A plain name stands for itself. */
static gboolean check_probe(Reader *reader, MpYamlNode *node, const MpHostPattern *host)
{
    MpYamlNode *probe = mp_yaml_get(node, "probe");
    if (host->is_wildcard && !probe)
        mp_yaml_error(reader->yaml, node, reader->error,
                      "wildcard \"%s\" was found without \"probe\", expected hosts that stand for "
                      "it",
                      host->name);
    else if (!host->is_wildcard && probe)
        mp_yaml_error(reader->yaml, probe, reader->error,
                      "\"probe\" was found for \"%s\", expected it for a wildcard only",
                      host->name);
    else if (host->is_wildcard && !mp_yaml_get(node, "chosen"))
        mp_yaml_error(reader->yaml, node, reader->error,
                      "\"probe\" was found without \"chosen\", expected chosen: true, or false "
                      "where the document names these hosts");
    else
        return TRUE;
    return FALSE;
}

static gboolean read_host(Reader *reader, MpYamlNode *node)
{
    g_autoptr(MpHostPattern) host = mp_host_pattern_new(mp_yaml_get_text(node, "name", ""));
    host->is_chosen = mp_yaml_get_boolean(node, "chosen", FALSE);
    if (!check_probe(reader, node, host))
        return FALSE;

    MpYamlNode *probe = mp_yaml_get(node, "probe");
    for (guint i = 0; probe && i < mp_yaml_size(probe); i++) {
        const char *name = mp_yaml_text(mp_yaml_at(probe, i));
        if (!mp_host_pattern_covers(host, name))
            return refuse_probe(reader, mp_yaml_at(probe, i), name, host->name);
        g_ptr_array_add(host->probe_names, g_strdup(name));
    }
    g_ptr_array_add(reader->row->hosts, g_steal_pointer(&host));
    return TRUE;
}

static gboolean read_range(Reader *reader, MpYamlNode *node)
{
    MpCidr range;
    if (!mp_cidr_parse(&range, mp_yaml_text(node))) {
        mp_yaml_error(reader->yaml, node, reader->error,
                      "address range \"%s\" was found, expected one such as 168.100.64.0/18, with "
                      "no bits set after the prefix",
                      mp_yaml_text(node));
        return FALSE;
    }
    g_array_append_val(reader->row->ranges, range);
    return TRUE;
}

static gboolean read_service(Reader *reader, MpYamlNode *node)
{
    g_ptr_array_add(reader->row->services, g_strdup(mp_yaml_text(node)));
    return TRUE;
}

static gboolean read_role(Reader *reader, MpYamlNode *node)
{
    gboolean is_host = g_str_equal(mp_yaml_text(node), "host");
    reader->row->for_host |= is_host;
    reader->row->for_guest |= !is_host;
    return TRUE;
}

static gboolean read_note(Reader *reader, MpYamlNode *node)
{
    MpText *note = g_new0(MpText, 1);
    mp_text_read(note, node);
    g_ptr_array_add(reader->row->notes, note);
    return TRUE;
}

static gboolean refuse_port(Reader *reader, MpYamlNode *node, const char *expected)
{
    mp_yaml_error(reader->yaml, node, reader->error, "port \"%s\" was found, expected %s",
                  mp_yaml_text(node), expected);
    return FALSE;
}

/* The schema saw to the form: N/tcp, N-M/udp. */
static gboolean read_port(Reader *reader, MpYamlNode *node)
{
    const char *text = mp_yaml_text(node);
    char *end = NULL;
    guint64 first = g_ascii_strtoull(text, &end, 10);
    guint64 last = *end == '-' ? g_ascii_strtoull(end + 1, &end, 10) : first;
    if (first < 1 || first > G_MAXUINT16 || last < 1 || last > G_MAXUINT16)
        return refuse_port(reader, node, "1-65535");
    if (first > last)
        return refuse_port(reader, node, "the lower port first");

    MpPortRange range = {
        .is_tcp = g_str_equal(end, "/tcp"), .first = (guint16)first, .last = (guint16)last};
    g_array_append_val(reader->row->ports, range);
    return TRUE;
}

static const struct {
    const char *key;
    gboolean (*read)(Reader *reader, MpYamlNode *entry);
} lists[] = {
    {"hosts", read_host}, {"ranges", read_range}, {"services", read_service},
    {"ports", read_port}, {"roles", read_role},   {"notes", read_note},
};

static gboolean read_lists(Reader *reader, MpYamlNode *node)
{
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        MpYamlNode *list = mp_yaml_get(node, lists[i].key);
        for (guint j = 0; list && j < mp_yaml_size(list); j++)
            if (!lists[i].read(reader, mp_yaml_at(list, j)))
                return FALSE;
    }
    return TRUE;
}

MpRequirementRow *mp_requirement_row_read(const MpYaml *yaml, MpYamlNode *node,
                                          const MpProfile *profile, GError **error)
{
    g_autoptr(MpRequirementRow) row = mp_requirement_row_new();
    row->row = g_strdup(mp_yaml_get_text(node, "row", NULL));
    mp_text_read(&row->purpose, mp_yaml_get(node, "purpose"));
    row->is_required = mp_yaml_get_boolean(node, "required", FALSE);
    row->source = g_strdup(mp_yaml_get_text(node, "source", profile->source));
    row->date = g_strdup(mp_yaml_get_text(node, "date", profile->date));

    if (mp_profile_row(profile, row->row)) {
        mp_yaml_error(yaml, mp_yaml_get(node, "row"), error,
                      "row \"%s\" was found a second time, expected each number once", row->row);
        return NULL;
    }
    if (!mp_yaml_get(node, "hosts") && !mp_yaml_get(node, "ranges")) {
        mp_yaml_error(yaml, node, error,
                      "neither \"hosts\" nor \"ranges\" was found in this row, expected one");
        return NULL;
    }
    Reader reader = {.yaml = yaml, .row = row, .error = error};
    if (!mp_date_check(yaml, node, "date", error) || !read_lists(&reader, node))
        return NULL;
    return g_steal_pointer(&row);
}
