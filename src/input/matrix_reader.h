/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scenario matrices from YAML.
 */
#pragma once

#include "model/matrix.h"

/* The most combinations that a matrix may have, before excluding and sampling. */
#define MP_MATRIX_MOST_COMBINATIONS 100000

/* MP_ERROR_INPUT "FILE:LINE:COLUMN: what was found, what was expected". Paths of networks and of a
 * profile count from the folder of `path`; that a network's file says something sensible is not
 * looked at. */
MpMatrix *mp_matrix_parse(const char *path, const char *text, gsize length, GError **error);

/* The same from a file; `text` (not NULL) gets what it says. Free it with g_free(). */
MpMatrix *mp_matrix_load(const char *path, char **text, GError **error);
