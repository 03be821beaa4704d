/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a matrix has come to, from its journal, and its renderings.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "matrix/journal.h"
#include "model/matrix.h"

typedef struct {
    MpCellRecord *record;    /* lent by the summary */
    char *values[MP_N_AXES]; /* NULL: not said */
    guint run;               /* of the repeats */
} MpSummaryCell;

typedef struct {
    guint cells, done, failed, pending; /* running counts as pending */
    guint as_expected, different, recorded, spoiled;
} MpSummaryCounts;

typedef struct {
    char *name;
    char *version;
    guint shard;
    guint n_shards;
    GPtrArray *records;           /* MpCellRecord*, the journal's */
    GPtrArray *cells;             /* MpSummaryCell*: those of this shard */
    GPtrArray *values[MP_N_AXES]; /* char*: the values that occur, in the order of the cells */
    MpSummaryCounts counts;
} MpMatrixSummary;

/* NULL with MP_ERROR_UNAVAILABLE. */
MpMatrixSummary *mp_matrix_summary_read(MpJournal *journal, GError **error);
void mp_matrix_summary_free(MpMatrixSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrixSummary, mp_matrix_summary_free)

void mp_matrix_summary_count(MpSummaryCounts *counts, const MpCellRecord *record);

/* 0: every cell is done and as expected, or only recorded; 1: a cell differs; 3: a cell could not
 * be carried out or has not run. The graver one counts: 3 before 1. */
int mp_matrix_summary_exit_code(const MpMatrixSummary *summary);

/* Each in the present language, ending in a newline. Free with g_free(). */

/* What differs or failed, then one line for each value of the first axis. */
char *mp_matrix_summary_text(const MpMatrixSummary *summary, gboolean use_color);
/* scenarios/schema/matrix-summary.schema.json. */
char *mp_matrix_summary_json(const MpMatrixSummary *summary);
/* JUnit XML, one testcase a cell. */
char *mp_matrix_summary_junit(const MpMatrixSummary *summary);
/* One self-contained page. `root` is the matrix's folder as the page's place sees it: ""; "../x/".
 */
char *mp_matrix_summary_html(const MpMatrixSummary *summary, const char *root);

/* `folder` as seen from the folder of `file`, for links: "", "../out/". Free with g_free(). */
char *mp_matrix_relative_root(const char *file, const char *folder);
