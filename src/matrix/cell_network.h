/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The network of a cell: its network's file with the cell's link laid over it.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "plan/matrix.h"

/* What the cell's lab is built from, and what its file expects of a check (NULL: nothing). */
typedef struct {
    char *text; /* JSON, which is YAML: `mediapath lab` reads it */
    MpMatrixExpectation *expectation;
} MpCellNetwork;

void mp_cell_network_free(MpCellNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCellNetwork, mp_cell_network_free)

/* What the cell says of loss, delay, jitter, rate and queue replaces what the network's link says
 * of it, direction by direction; the rest stays. MP_ERROR_INPUT when the file is wrong or the two
 * do not go together. */
MpCellNetwork *mp_cell_network_make(const MpMatrixPoint *point, GError **error);

/* Of a JSON network description: lays the link values of `point` over its "link". */
void mp_cell_network_lay_link(JsonObject *network, const MpMatrixPoint *point);
