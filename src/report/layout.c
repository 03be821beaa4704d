/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Widths, styles and line breaks.
 */
#include "report/layout.h"

#include <string.h>

/* Select Graphic Rendition of ECMA-48 section 8.3.117. */
static const char *const sequences[] = {
    [MP_STYLE_PLAIN] = "",
    [MP_STYLE_BOLD] = "\033[1m",
    [MP_STYLE_DIM] = "\033[2m",
    [MP_STYLE_GOOD] = "\033[1;32m",
    [MP_STYLE_WARNING] = "\033[1;33m",
    [MP_STYLE_BAD] = "\033[1;31m",
};

static guint character_width(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

guint mp_layout_width(const char *text)
{
    guint width = 0;
    for (; *text; text = g_utf8_next_char(text))
        width += character_width(g_utf8_get_char(text));
    return width;
}

void mp_layout_style(GString *out, MpStyle style, const char *text, gboolean use_color)
{
    if (!use_color || style == MP_STYLE_PLAIN)
        g_string_append(out, text);
    else
        g_string_append_printf(out, "%s%s\033[0m", sequences[style], text);
}

void mp_layout_fill(GString *out, guint used, guint width)
{
    for (; used < width; used++)
        g_string_append_c(out, ' ');
}

/* JIS X 4051: closing marks do not start a line, opening marks do not end one. */
static gboolean may_break_between(gunichar before, gunichar after)
{
    static const char *const no_start =
        "、。，．・：；？！」』）】〕》〉ーぁぃぅぇぉっゃゅょァィゥェォッャュョ%)";
    static const char *const no_end = "「『（【〔《〈(";
    if (after == ' ')
        return TRUE;
    if (g_utf8_strchr(no_start, -1, after) || g_utf8_strchr(no_end, -1, before))
        return FALSE;
    return g_unichar_iswide(before) || g_unichar_iswide(after);
}

/* The end of the run that starts at `text`, leading spaces included, and must stay together. */
static const char *run_end(const char *text)
{
    while (*text == ' ')
        text++;
    while (*text) {
        const char *next = g_utf8_next_char(text);
        if (!*next || may_break_between(g_utf8_get_char(text), g_utf8_get_char(next)))
            return next;
        text = next;
    }
    return text;
}

void mp_layout_wrap(GString *out, const char *text, guint indent, guint columns)
{
    guint column = indent;
    while (*text) {
        const char *end = run_end(text);
        g_autofree char *run = g_strndup(text, (gsize)(end - text));
        const char *shown = run;
        if (column > indent && column + mp_layout_width(run) > columns) {
            g_string_append_c(out, '\n');
            mp_layout_fill(out, 0, indent);
            column = indent;
            shown = run + strspn(run, " ");
        }
        g_string_append(out, shown);
        column += mp_layout_width(shown);
        text = end;
    }
    g_string_append_c(out, '\n');
}
