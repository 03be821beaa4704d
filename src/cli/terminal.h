/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a terminal is told besides text.
 */
#pragma once

#include <glib.h>

/* ECMA-48: back to the first column and erase the line. DEC private mode 7 off: a line too long is
 * cut instead of wrapped. */
#define MP_TERMINAL_ERASE_LINE "\r\033[K"
#define MP_TERMINAL_NO_WRAP "\033[?7l"
#define MP_TERMINAL_WRAP "\033[?7h"

/* ECMA-48 section 8.3.117. */
#define MP_TERMINAL_RED "\033[31m"
#define MP_TERMINAL_GREEN "\033[32m"
#define MP_TERMINAL_DIM "\033[2m"
#define MP_TERMINAL_PLAIN "\033[0m"

/* Whether the descriptor shows colours and nobody has said no: not the user by an option, nor by
 * NO_COLOR (no-color.org). */
gboolean mp_terminal_use_color(gboolean is_colorless, int descriptor);
