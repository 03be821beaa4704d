/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Colours only where they are seen and wanted.
 */
#include "cli/terminal.h"

#include <unistd.h>

gboolean mp_terminal_use_color(gboolean is_colorless, int descriptor)
{
    const char *none = g_getenv("NO_COLOR");
    return !is_colorless && isatty(descriptor) && !(none && *none) &&
           g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}
