/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that are written whole or not at all.
 */
#pragma once

#include <glib.h>

/* Says before the work whether `path` can be written; "-" always can. Touches nothing. */
gboolean mp_output_check(const char *path, GError **error);

/* Through a temporary name beside it, then renamed; a device or pipe is written straight; "-" is
 * standard output. */
gboolean mp_output_write(const char *path, const char *text, GError **error);
