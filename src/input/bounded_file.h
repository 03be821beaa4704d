/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files, pipes and devices that may be endless.
 */
#pragma once

#include <glib.h>

/* "-" is standard input. Reads no further than one byte more than `most`: that is enough to know
 * that there is too much. Ends in a zero that `length` does not count. NULL with MP_ERROR_INPUT
 * "PATH: ...". Free with g_free(). */
char *mp_bounded_file_read(const char *path, gsize most, gsize *length, GError **error);
