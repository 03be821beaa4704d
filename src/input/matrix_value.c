/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Networks by name or path, numbers for one or both directions, and words.
 */
#include "input/matrix_value.h"

#include <math.h>
#include <string.h>

#include "input/builtin_yaml.h"
#include "input/yaml_describe.h"

#define SHORT_HASH 8

/* As network.schema.json has them; a delay is the round trip's. A rate of 0 is no limit. */
static const struct {
    double least;
    double most;
    gboolean may_be_none; /* 0 although `least` is more */
} ranges[MP_N_AXES] = {
    [MP_AXIS_LOSS] = {0, 100, FALSE},     [MP_AXIS_DELAY] = {0, 120000, FALSE},
    [MP_AXIS_JITTER] = {0, 60000, FALSE}, [MP_AXIS_RATE] = {1, 100000000, TRUE},
    [MP_AXIS_QUEUE] = {1, 60000, FALSE},
};

/* "My Network.yaml": "my-network". */
static char *name_of_path(const char *path)
{
    char *name = g_path_get_basename(path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = '\0';
    for (char *place = name; *place; place++)
        *place = g_ascii_isalnum(*place) ? g_ascii_tolower(*place) : '-';
    return name;
}

static const MpAxisValue *find_text(const GPtrArray *known, const char *text)
{
    for (guint i = 0; i < known->len; i++)
        if (g_str_equal(((const MpAxisValue *)known->pdata[i])->text, text))
            return known->pdata[i];
    return NULL;
}

static const MpAxisValue *find_path(const GPtrArray *known, const char *path)
{
    for (guint i = 0; i < known->len; i++)
        if (g_strcmp0(((const MpAxisValue *)known->pdata[i])->path, path) == 0)
            return known->pdata[i];
    return NULL;
}

static MpAxisValue *read_network_file(const MpYaml *yaml, MpYamlNode *node, const GPtrArray *known,
                                      GError **error)
{
    g_autofree char *path = mp_yaml_resolve(yaml, mp_yaml_text(node));
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        mp_yaml_error(yaml, node, error, "no file \"%s\" was found, expected a network", path);
        return NULL;
    }
    const MpAxisValue *same = find_path(known, path);
    if (same)
        return mp_axis_value_copy(same);

    g_autofree char *name = name_of_path(path);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, path, -1);
    g_autofree char *text = mp_builtin_yaml_exists("networks", name) || find_text(known, name)
                                ? g_strdup_printf("%s-%.*s", name, SHORT_HASH, hash)
                                : g_strdup(name);
    MpAxisValue *value = mp_axis_value_new(MP_AXIS_NETWORK, text);
    value->path = g_steal_pointer(&path);
    return value;
}

static MpAxisValue *read_network(const MpYaml *yaml, MpYamlNode *node, const GPtrArray *known,
                                 GError **error)
{
    const char *name = mp_yaml_text(node);
    if (mp_builtin_yaml_is_path(name))
        return read_network_file(yaml, node, known, error);

    if (mp_builtin_yaml_exists("networks", name))
        return mp_axis_value_new(MP_AXIS_NETWORK, name);

    g_autofree char *hint = mp_builtin_yaml_hint("networks", name);
    mp_yaml_error(yaml, node, error,
                  "\"%s\" was found, expected a built-in network or the path of a YAML file%s",
                  name, hint);
    return NULL;
}

static gboolean read_number(const MpYaml *yaml, MpYamlNode *node, MpAxis axis, double *number,
                            GError **error)
{
    double least = ranges[axis].least;
    double most = ranges[axis].most;
    if (mp_yaml_number(node, number) &&
        ((*number >= least && *number <= most) || (ranges[axis].may_be_none && *number == 0)))
        return TRUE;
    g_autofree char *found = mp_yaml_describe(node);
    mp_yaml_error(yaml, node, error, "%s was found, expected a number from %g to %.0f%s", found,
                  least, most, ranges[axis].may_be_none ? ", or 0 for no limit" : "");
    return FALSE;
}

static gboolean read_direction(const MpYaml *yaml, MpYamlNode *mapping, const char *key,
                               MpAxis axis, double *number, GString *text, GError **error)
{
    MpYamlNode *node = mp_yaml_get(mapping, key);
    if (!node)
        return TRUE;
    if (!read_number(yaml, node, axis, number, error))
        return FALSE;
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(text, "%s%s%s", text->len ? "-" : "", key,
                           g_ascii_formatd(digits, sizeof digits, "%.10g", *number));
    return TRUE;
}

static gboolean check_directions(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    for (guint i = 0; i < mp_yaml_size(node); i++) {
        const char *key = mp_yaml_key(node, i);
        if (g_str_equal(key, "up") || g_str_equal(key, "down"))
            continue;
        mp_yaml_error(yaml, mp_yaml_key_node(node, i), error,
                      "key \"%s\" was found, expected up, down", key);
        return FALSE;
    }
    if (mp_yaml_size(node) > 0)
        return TRUE;
    mp_yaml_error(yaml, node, error, "an empty mapping was found, expected up, down or both");
    return FALSE;
}

static MpAxisValue *read_directions(const MpYaml *yaml, MpYamlNode *node, MpAxis axis,
                                    GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(MpAxisValue) value = mp_axis_value_new(axis, "");
    if (!check_directions(yaml, node, error) ||
        !read_direction(yaml, node, "up", axis, &value->up, text, error) ||
        !read_direction(yaml, node, "down", axis, &value->down, text, error))
        return NULL;
    g_free(value->text);
    value->text = g_strdup(text->str);
    return g_steal_pointer(&value);
}

/* A round trip is half each way; everything else holds each way. */
static MpAxisValue *read_both(const MpYaml *yaml, MpYamlNode *node, MpAxis axis, GError **error)
{
    double number = NAN;
    if (!read_number(yaml, node, axis, &number, error))
        return NULL;
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    MpAxisValue *value = mp_axis_value_new(axis,
                                           g_ascii_formatd(digits, sizeof digits, "%.10g", number));
    value->up = value->down = axis == MP_AXIS_DELAY ? number / 2 : number;
    return value;
}

MpAxisValue *mp_axis_value_read(const MpYaml *yaml, MpYamlNode *node, MpAxis axis,
                                const GPtrArray *known, GError **error)
{
    if (axis == MP_AXIS_NETWORK)
        return read_network(yaml, node, known, error);
    if (!mp_axis_is_link(axis))
        return mp_axis_value_new(axis, mp_yaml_text(node));
    return mp_yaml_type(node) == MP_YAML_MAPPING ? read_directions(yaml, node, axis, error)
                                                 : read_both(yaml, node, axis, error);
}
