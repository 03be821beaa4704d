/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A scenario matrix as its file describes it: axes with their values, and what is wanted of them.
 */
#pragma once

#include "model/verdict.h"

/* In the order in which cells are named and counted, the first one slowest. */
typedef enum {
    MP_AXIS_NETWORK,
    MP_AXIS_LOSS,
    MP_AXIS_DELAY,
    MP_AXIS_JITTER,
    MP_AXIS_RATE,
    MP_AXIS_QUEUE,
    MP_AXIS_TRANSPORT,
    MP_AXIS_CODEC,
    MP_AXIS_SESSION,
    MP_AXIS_ROLE,
} MpAxis;

#define MP_N_AXES (MP_AXIS_ROLE + 1)

/* As the file spells it: "networks", "loss", ... */
const char *mp_axis_name(MpAxis axis);
/* "%", "ms", "kbps" or "". */
const char *mp_axis_unit(MpAxis axis);
gboolean mp_axis_parse(MpAxis *axis, const char *name);
/* Loss, delay, jitter, rate, queue: what a link does, a number for each direction. */
gboolean mp_axis_is_link(MpAxis axis);

typedef struct {
    MpAxis axis;
    char *text;  /* unique in its axis, and fit for a file's name: "clean", "2", "up2-down0.5" */
    char *path;  /* of a network's file; NULL: built in */
    double up;   /* link axes, as the axis counts it; NAN: this direction is left as it is */
    double down; /* of a delay: its share of the round trip */
} MpAxisValue;

/* Lends nothing. */
MpAxisValue *mp_axis_value_new(MpAxis axis, const char *text);
MpAxisValue *mp_axis_value_copy(const MpAxisValue *value);
void mp_axis_value_free(MpAxisValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpAxisValue, mp_axis_value_free)

/* One value of each axis that is said; NULL: not said. */
typedef struct {
    MpAxisValue *values[MP_N_AXES];
} MpMatrixPoint;

/* Says nothing. */
MpMatrixPoint *mp_matrix_point_new(void);
MpMatrixPoint *mp_matrix_point_copy(const MpMatrixPoint *point);
void mp_matrix_point_free(MpMatrixPoint *point);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrixPoint, mp_matrix_point_free)

/* Everything that `pattern` says, `point` says too. */
gboolean mp_matrix_point_matches(const MpMatrixPoint *point, const MpMatrixPoint *pattern);

/* What a cell must find. */
typedef struct {
    MpMatrixPoint *when; /* for which cells; says nothing: for all */
    char **findings;     /* NULL: any. Empty: none */
    gboolean has_verdict;
    MpVerdict verdict;
    int exit; /* -1: any */
} MpMatrixExpectation;

MpMatrixExpectation *mp_matrix_expectation_new(void);
void mp_matrix_expectation_free(MpMatrixExpectation *expectation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrixExpectation, mp_matrix_expectation_free)

typedef struct {
    char *name;
    GPtrArray *axes[MP_N_AXES]; /* MpAxisValue*; empty: not an axis of this matrix */
    GPtrArray *include;         /* MpMatrixPoint* */
    GPtrArray *exclude;         /* MpMatrixPoint* */
    guint sample_cells;         /* 0: all */
    guint64 sample_seed;
    guint repeats;
    GPtrArray *expectations; /* MpMatrixExpectation*; the first that is for a cell counts */
    double cell_deadline_s;
    GPtrArray *check_options; /* char*: arguments of every cell's check, in order */
    gboolean changes_outcome; /* they make it find something else than the whole check would */
} MpMatrix;

MpMatrix *mp_matrix_new(void);
void mp_matrix_free(MpMatrix *matrix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrix, mp_matrix_free)
