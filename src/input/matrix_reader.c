/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matrices: first the schema, which sees to the form, then what it means.
 */
#include "input/matrix_reader.h"

#include "input/bounded_file.h"
#include "input/builtin.h"
#include "input/builtin_yaml.h"
#include "input/matrix_value.h"
#include "input/schema.h"

#define DEFAULT_CHECK_DEADLINE_S 60.0
/* Building the network, starting its servers, and taking it down again. */
#define LAB_S 30.0

static gboolean is_known(const GPtrArray *values, const char *text)
{
    for (guint i = 0; i < values->len; i++)
        if (g_str_equal(((const MpAxisValue *)values->pdata[i])->text, text))
            return TRUE;
    return FALSE;
}

static gboolean add_value(const MpYaml *yaml, MpYamlNode *node, MpAxis axis, GPtrArray *values,
                          GError **error)
{
    g_autoptr(MpAxisValue) value = mp_axis_value_read(yaml, node, axis, values, error);
    if (!value)
        return FALSE;
    if (is_known(values, value->text)) {
        mp_yaml_error(yaml, node, error, "\"%s\" was found a second time, expected each value once",
                      value->text);
        return FALSE;
    }
    g_ptr_array_add(values, g_steal_pointer(&value));
    return TRUE;
}

static void add_builtin_networks(GPtrArray *values)
{
    g_auto(GStrv) names = mp_builtin_names("networks", ".yaml");
    for (guint i = 0; names[i]; i++)
        if (!is_known(values, names[i]))
            g_ptr_array_add(values, mp_axis_value_new(MP_AXIS_NETWORK, names[i]));
}

static gboolean read_axis(const MpYaml *yaml, MpYamlNode *list, MpAxis axis, GPtrArray *values,
                          GError **error)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        if (axis == MP_AXIS_NETWORK && g_strcmp0(mp_yaml_text(node), "*") == 0)
            add_builtin_networks(values);
        else if (!add_value(yaml, node, axis, values, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_axes(const MpYaml *yaml, MpYamlNode *axes, MpMatrix *matrix, GError **error)
{
    guint64 n_combinations = 1;
    for (guint i = 0; axes && i < MP_N_AXES; i++) {
        MpYamlNode *list = mp_yaml_get(axes, mp_axis_name((MpAxis)i));
        if (!read_axis(yaml, list, (MpAxis)i, matrix->axes[i], error))
            return FALSE;
        n_combinations *= MAX(matrix->axes[i]->len, 1);
        if (n_combinations <= MP_MATRIX_MOST_COMBINATIONS)
            continue;
        mp_yaml_error(yaml, list, error, "more than %d combinations were found, expected fewer",
                      MP_MATRIX_MOST_COMBINATIONS);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_point(const MpYaml *yaml, MpYamlNode *node, const MpMatrix *matrix,
                           MpMatrixPoint *point, GError **error)
{
    for (guint i = 0; i < MP_N_AXES; i++) {
        MpYamlNode *value = mp_yaml_get(node, mp_axis_name((MpAxis)i));
        if (value)
            point->values[i] = mp_axis_value_read(yaml, value, (MpAxis)i, matrix->axes[i], error);
        if (value && !point->values[i])
            return FALSE;
    }
    return TRUE;
}

/* Two files of one name that no axis lists would be one cell. */
static gboolean check_name(const MpYaml *yaml, MpYamlNode *node, const MpMatrix *matrix,
                           const MpAxisValue *network, GError **error)
{
    for (guint i = 0; i < matrix->include->len; i++) {
        const MpMatrixPoint *point = matrix->include->pdata[i];
        const MpAxisValue *other = point->values[MP_AXIS_NETWORK];
        if (!g_str_equal(other->text, network->text) || g_strcmp0(other->path, network->path) == 0)
            continue;
        mp_yaml_error(yaml, mp_yaml_get(node, "networks"), error,
                      "a second network called \"%s\" was found, expected files of different "
                      "names",
                      network->text);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_include(const MpYaml *yaml, MpYamlNode *list, MpMatrix *matrix, GError **error)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        g_autoptr(MpMatrixPoint) point = mp_matrix_point_new();
        if (!read_point(yaml, node, matrix, point, error))
            return FALSE;
        if (!point->values[MP_AXIS_NETWORK]) {
            mp_yaml_error(yaml, node, error,
                          "no \"networks\" was found in this mapping, expected the cell's network");
            return FALSE;
        }
        if (!check_name(yaml, node, matrix, point->values[MP_AXIS_NETWORK], error))
            return FALSE;
        g_ptr_array_add(matrix->include, g_steal_pointer(&point));
    }
    return TRUE;
}

static gboolean is_in_include(const MpMatrix *matrix, const MpAxisValue *value)
{
    for (guint i = 0; i < matrix->include->len; i++) {
        const MpMatrixPoint *point = matrix->include->pdata[i];
        if (point->values[value->axis] &&
            g_str_equal(point->values[value->axis]->text, value->text))
            return TRUE;
    }
    return FALSE;
}

/* A value that no cell has is a slip of the pen, which would be silent for ever. */
static gboolean check_pattern(const MpYaml *yaml, MpYamlNode *node, const MpMatrix *matrix,
                              const MpMatrixPoint *pattern, GError **error)
{
    for (guint i = 0; i < MP_N_AXES; i++) {
        const MpAxisValue *value = pattern->values[i];
        if (!value || is_known(matrix->axes[i], value->text) || is_in_include(matrix, value))
            continue;
        const char *name = mp_axis_name((MpAxis)i);
        mp_yaml_error(yaml, mp_yaml_get(node, name), error,
                      "%s %s was found, expected a value that the axis has", name, value->text);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_exclude(const MpYaml *yaml, MpYamlNode *list, MpMatrix *matrix, GError **error)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        g_autoptr(MpMatrixPoint) point = mp_matrix_point_new();
        if (!read_point(yaml, node, matrix, point, error) ||
            !check_pattern(yaml, node, matrix, point, error))
            return FALSE;
        if (mp_yaml_size(node) == 0) {
            mp_yaml_error(yaml, node, error,
                          "an empty mapping was found, expected what the excluded cells have");
            return FALSE;
        }
        g_ptr_array_add(matrix->exclude, g_steal_pointer(&point));
    }
    return TRUE;
}

static MpMatrixExpectation *read_wanted(MpYamlNode *node)
{
    MpMatrixExpectation *expectation = mp_matrix_expectation_new();
    const char *verdict = mp_yaml_get_text(node, "verdict", NULL);
    expectation->findings = mp_yaml_texts(mp_yaml_get(node, "findings"));
    expectation->has_verdict = verdict && mp_verdict_parse(&expectation->verdict, verdict);
    expectation->exit = (int)mp_yaml_get_number(node, "exit", -1);
    return expectation;
}

static gboolean says_something(const MpMatrixExpectation *expectation)
{
    return expectation->findings || expectation->has_verdict || expectation->exit >= 0;
}

static gboolean read_case(const MpYaml *yaml, MpYamlNode *node, MpMatrix *matrix, GError **error)
{
    MpYamlNode *when = mp_yaml_get(node, "when");
    g_autoptr(MpMatrixExpectation) expectation = read_wanted(node);
    if (!read_point(yaml, when, matrix, expectation->when, error) ||
        !check_pattern(yaml, when, matrix, expectation->when, error))
        return FALSE;
    g_ptr_array_add(matrix->expectations, g_steal_pointer(&expectation));
    return TRUE;
}

/* The cases first: what is said for all cells is for those that no case is for. */
static gboolean read_expect(const MpYaml *yaml, MpYamlNode *node, MpMatrix *matrix, GError **error)
{
    MpYamlNode *cases = node ? mp_yaml_get(node, "cases") : NULL;
    for (guint i = 0; cases && i < mp_yaml_size(cases); i++)
        if (!read_case(yaml, mp_yaml_at(cases, i), matrix, error))
            return FALSE;
    g_autoptr(MpMatrixExpectation) rest = node ? read_wanted(node) : NULL;
    if (rest && says_something(rest))
        g_ptr_array_add(matrix->expectations, g_steal_pointer(&rest));
    return TRUE;
}

static void add_option(MpMatrix *matrix, const char *name, char *value)
{
    if (!value)
        return;
    g_ptr_array_add(matrix->check_options, g_strdup(name));
    g_ptr_array_add(matrix->check_options, value);
}

static char *join_texts(MpYamlNode *list)
{
    g_auto(GStrv) texts = mp_yaml_texts(list);
    return texts ? g_strjoinv(",", texts) : NULL;
}

static char *number_text(MpYamlNode *mapping, const char *key)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    double number = mp_yaml_get_number(mapping, key, 0);
    return number > 0 ? g_strdup(g_ascii_formatd(digits, sizeof digits, "%.10g", number)) : NULL;
}

/* A path must still be right in the folder of a cell. */
static char *read_profile(const MpYaml *yaml, MpYamlNode *check)
{
    const char *profile = mp_yaml_get_text(check, "profile", NULL);
    if (!profile || !mp_builtin_yaml_is_path(profile))
        return g_strdup(profile);
    g_autofree char *path = mp_yaml_resolve(yaml, profile);
    return g_canonicalize_filename(path, NULL);
}

static void read_check(const MpYaml *yaml, MpYamlNode *check, MpMatrix *matrix)
{
    if (!check)
        return;
    add_option(matrix, "--profile", read_profile(yaml, check));
    add_option(matrix, "--only", join_texts(mp_yaml_get(check, "only")));
    add_option(matrix, "--skip", join_texts(mp_yaml_get(check, "skip")));
    matrix->changes_outcome = matrix->check_options->len > 0;
    add_option(matrix, "--media-seconds", number_text(check, "media_seconds"));
    add_option(matrix, "--deadline", number_text(check, "deadline"));
}

static double default_deadline(MpYamlNode *check)
{
    double deadline = check ? mp_yaml_get_number(check, "deadline", DEFAULT_CHECK_DEADLINE_S)
                            : DEFAULT_CHECK_DEADLINE_S;
    return deadline + LAB_S;
}

static MpMatrix *read_matrix(const MpYaml *yaml, GError **error)
{
    if (!mp_schema_check(yaml, "matrix.schema.json", error))
        return NULL;

    MpYamlNode *root = mp_yaml_root(yaml);
    MpYamlNode *sample = mp_yaml_get(root, "sample");
    MpYamlNode *check = mp_yaml_get(root, "check");
    g_autoptr(MpMatrix) matrix = mp_matrix_new();
    matrix->name = g_strdup(mp_yaml_get_text(root, "name", NULL));
    matrix->repeats = (guint)mp_yaml_get_number(root, "repeats", 1);
    matrix->sample_cells = sample ? (guint)mp_yaml_get_number(sample, "cells", 0) : 0;
    matrix->sample_seed = sample ? (guint64)mp_yaml_get_number(sample, "seed", 1) : 0;
    matrix->cell_deadline_s = mp_yaml_get_number(root, "cell_deadline_s", default_deadline(check));
    read_check(yaml, check, matrix);
    if (!read_axes(yaml, mp_yaml_get(root, "axes"), matrix, error) ||
        !read_include(yaml, mp_yaml_get(root, "include"), matrix, error) ||
        !read_exclude(yaml, mp_yaml_get(root, "exclude"), matrix, error) ||
        !read_expect(yaml, mp_yaml_get(root, "expect"), matrix, error))
        return NULL;
    if (matrix->axes[MP_AXIS_NETWORK]->len == 0 && matrix->include->len == 0) {
        mp_yaml_error(yaml, root, error, "no cell was found, expected \"axes\" or \"include\"");
        return NULL;
    }
    return g_steal_pointer(&matrix);
}

MpMatrix *mp_matrix_parse(const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(MpYaml) yaml = mp_yaml_parse(path, text, length, error);
    return yaml ? read_matrix(yaml, error) : NULL;
}

MpMatrix *mp_matrix_load(const char *path, char **text, GError **error)
{
    gsize length = 0;
    g_autofree char *content = mp_bounded_file_read(path, MP_YAML_MOST_BYTES, &length, error);
    if (!content)
        return NULL;
    g_autoptr(MpMatrix) matrix = mp_matrix_parse(path, content, length, error);
    if (matrix)
        *text = g_steal_pointer(&content);
    return g_steal_pointer(&matrix);
}
