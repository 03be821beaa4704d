/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a cell's check found, and what was expected of it, as JSON. Reads the result.json that the
 * product wrote.
 */
#pragma once

#include "model/matrix.h"

typedef struct {
    char *verdict;       /* of the session that decides */
    GPtrArray *findings; /* char*: ids of what is wrong, gravest first */
    gboolean is_spoiled; /* the machine was the limit, not the network */
} MpCellResult;

void mp_cell_result_free(MpCellResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCellResult, mp_cell_result_free)

/* `session` decides: "live_video", ...; NULL: the verdict of the whole. NULL with
 * MP_ERROR_UNAVAILABLE when it is no result of a check. */
MpCellResult *mp_cell_result_parse(const char *text, const char *session, GError **error);

/* Whether the machine was too slow for the link, by the last line of the link's own record. A
 * record without that line too: the emulator ended before the check did. */
gboolean mp_cell_truth_is_spoiled(const char *truth);

/* The expectation as JSON {"findings": [...], "verdict": ..., "exit": ...} with what it says; NULL
 * for NULL. Free with g_free(). */
char *mp_cell_expectation_to_json(const MpMatrixExpectation *expectation);

/* ["udp-blocked", ...]. Free with g_free(). */
char *mp_cell_findings_to_json(const GPtrArray *findings);
/* char*; of such a text, NULL is empty. Free with g_ptr_array_unref(). */
GPtrArray *mp_cell_findings_from_json(const char *text);
