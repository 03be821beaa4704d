/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text in the columns of a terminal, where a Japanese character takes two.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_STYLE_PLAIN,
    MP_STYLE_BOLD,
    MP_STYLE_DIM,
    MP_STYLE_GOOD,
    MP_STYLE_WARNING,
    MP_STYLE_BAD,
} MpStyle;

/* Columns that the text takes. */
guint mp_layout_width(const char *text);

/* The text in its style; without colours just the text. */
void mp_layout_style(GString *out, MpStyle style, const char *text, gboolean use_color);

/* Spaces up to `width` columns for a text that takes `used`. */
void mp_layout_fill(GString *out, guint used, guint width);

/* The text broken into lines of at most `columns`, all but the first indented by `indent`. The
 * first line starts where `out` stands: at column `indent`. Ends in a newline. */
void mp_layout_wrap(GString *out, const char *text, guint indent, guint columns);
