/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The word that was probably meant, for error messages.
 */
#pragma once

#include <glib.h>

/* ` (did you mean "WORD"?)` for the candidate at most two typing slips away, or "" when none is
 * near. `candidates` holds char*. Free with g_free(). */
char *mp_nearest_hint(const char *word, GPtrArray *candidates);
