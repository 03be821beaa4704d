/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A matrix with nothing said yet, and the names of its axes.
 */
#include "model/matrix.h"

#include <math.h>

static const struct {
    const char *name;
    const char *unit;
    gboolean is_link;
} axes[MP_N_AXES] = {
    [MP_AXIS_NETWORK] = {"networks", "", FALSE},    [MP_AXIS_LOSS] = {"loss", "%", TRUE},
    [MP_AXIS_DELAY] = {"delay", "ms", TRUE},        [MP_AXIS_JITTER] = {"jitter", "ms", TRUE},
    [MP_AXIS_RATE] = {"rate", "kbps", TRUE},        [MP_AXIS_QUEUE] = {"queue", "ms", TRUE},
    [MP_AXIS_TRANSPORT] = {"transport", "", FALSE}, [MP_AXIS_CODEC] = {"codec", "", FALSE},
    [MP_AXIS_SESSION] = {"session", "", FALSE},     [MP_AXIS_ROLE] = {"role", "", FALSE},
};

const char *mp_axis_name(MpAxis axis)
{
    g_assert(axis < MP_N_AXES);
    return axes[axis].name;
}

const char *mp_axis_unit(MpAxis axis)
{
    g_assert(axis < MP_N_AXES);
    return axes[axis].unit;
}

gboolean mp_axis_parse(MpAxis *axis, const char *name)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        if (g_str_equal(axes[i].name, name)) {
            *axis = (MpAxis)i;
            return TRUE;
        }
    return FALSE;
}

gboolean mp_axis_is_link(MpAxis axis)
{
    g_assert(axis < MP_N_AXES);
    return axes[axis].is_link;
}

MpAxisValue *mp_axis_value_new(MpAxis axis, const char *text)
{
    MpAxisValue *value = g_new0(MpAxisValue, 1);
    value->axis = axis;
    value->text = g_strdup(text);
    value->up = NAN;
    value->down = NAN;
    return value;
}

MpAxisValue *mp_axis_value_copy(const MpAxisValue *value)
{
    if (!value)
        return NULL;
    MpAxisValue *copy = mp_axis_value_new(value->axis, value->text);
    copy->path = g_strdup(value->path);
    copy->up = value->up;
    copy->down = value->down;
    return copy;
}

void mp_axis_value_free(MpAxisValue *value)
{
    if (!value)
        return;
    g_free(value->text);
    g_free(value->path);
    g_free(value);
}

MpMatrixPoint *mp_matrix_point_new(void)
{
    return g_new0(MpMatrixPoint, 1);
}

MpMatrixPoint *mp_matrix_point_copy(const MpMatrixPoint *point)
{
    MpMatrixPoint *copy = g_new0(MpMatrixPoint, 1);
    for (guint i = 0; i < MP_N_AXES; i++)
        copy->values[i] = mp_axis_value_copy(point->values[i]);
    return copy;
}

void mp_matrix_point_free(MpMatrixPoint *point)
{
    if (!point)
        return;
    for (guint i = 0; i < MP_N_AXES; i++)
        mp_axis_value_free(point->values[i]);
    g_free(point);
}

gboolean mp_matrix_point_matches(const MpMatrixPoint *point, const MpMatrixPoint *pattern)
{
    for (guint i = 0; i < MP_N_AXES; i++) {
        const MpAxisValue *wanted = pattern->values[i];
        const MpAxisValue *value = point->values[i];
        if (wanted && !(value && g_str_equal(value->text, wanted->text) &&
                        g_strcmp0(value->path, wanted->path) == 0))
            return FALSE;
    }
    return TRUE;
}

MpMatrixExpectation *mp_matrix_expectation_new(void)
{
    MpMatrixExpectation *expectation = g_new0(MpMatrixExpectation, 1);
    expectation->when = g_new0(MpMatrixPoint, 1);
    expectation->exit = -1;
    return expectation;
}

void mp_matrix_expectation_free(MpMatrixExpectation *expectation)
{
    if (!expectation)
        return;
    mp_matrix_point_free(expectation->when);
    g_strfreev(expectation->findings);
    g_free(expectation);
}

MpMatrix *mp_matrix_new(void)
{
    MpMatrix *matrix = g_new0(MpMatrix, 1);
    for (guint i = 0; i < MP_N_AXES; i++)
        matrix->axes[i] = g_ptr_array_new_with_free_func((GDestroyNotify)mp_axis_value_free);
    matrix->include = g_ptr_array_new_with_free_func((GDestroyNotify)mp_matrix_point_free);
    matrix->exclude = g_ptr_array_new_with_free_func((GDestroyNotify)mp_matrix_point_free);
    matrix->expectations = g_ptr_array_new_with_free_func(
        (GDestroyNotify)mp_matrix_expectation_free);
    matrix->check_options = g_ptr_array_new_with_free_func(g_free);
    matrix->repeats = 1;
    return matrix;
}

void mp_matrix_free(MpMatrix *matrix)
{
    if (!matrix)
        return;
    for (guint i = 0; i < MP_N_AXES; i++)
        g_ptr_array_unref(matrix->axes[i]);
    g_ptr_array_unref(matrix->include);
    g_ptr_array_unref(matrix->exclude);
    g_ptr_array_unref(matrix->expectations);
    g_ptr_array_unref(matrix->check_options);
    g_free(matrix->name);
    g_free(matrix);
}
