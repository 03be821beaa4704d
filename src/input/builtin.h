/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of scenarios/ that are built into the library.
 */
#pragma once

#include <gio/gio.h>

/* `path` below scenarios/: "profiles/bellface.yaml". NULL when there is no such file. */
GBytes *mp_builtin_read(const char *path);

/* What the files of `folder` are called without `suffix`, sorted; files with another suffix are
 * left out. NULL-terminated; free with g_strfreev(). */
char **mp_builtin_names(const char *folder, const char *suffix);
