/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A mahimahi packet-delivery trace.
 */
#include "input/link_trace.h"

#include <string.h>

#include "base/error.h"
#include "input/bounded_file.h"

#define MOST_LINES 1000000
#define LATEST G_GUINT64_CONSTANT(86400000) /* a day */
/* As many lines of the longest number, with room for what ends them. */
#define MOST_BYTES (MOST_LINES * sizeof "86400000\r\n")
#define LONGEST_QUOTE 20

typedef struct {
    const char *name;
    GArray *opportunities;
} Reader;

static void set_error(const Reader *reader, const char *found, const char *expected, GError **error)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s:%u:1: %s, expected %s", reader->name,
                reader->opportunities->len + 1, found, expected);
}

/* `line` in quotes, short and printable. */
static char *quote(const char *line, gsize length)
{
    g_autofree char *part = g_strndup(line, MIN(length, LONGEST_QUOTE));
    g_autofree char *text = g_utf8_make_valid(part, -1);
    g_autofree char *printable = g_strescape(text, NULL);
    return g_strdup_printf("\"%s%s\" was found", printable, length > LONGEST_QUOTE ? "..." : "");
}

static gboolean parse_milliseconds(const char *line, gsize length, guint32 *value)
{
    guint64 number = 0;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(line[i]))
            return FALSE;
        number = number * 10 + (guint64)(line[i] - '0');
        if (number > LATEST)
            return FALSE;
    }
    *value = (guint32)number;
    return length > 0;
}

static gboolean read_line(Reader *reader, const char *line, gsize length, GError **error)
{
    GArray *opportunities = reader->opportunities;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    g_autofree char *found = quote(line, length);
    guint32 value = 0;
    if (!parse_milliseconds(line, length, &value)) {
        set_error(reader, found, "whole milliseconds from 0 to 86400000", error);
        return FALSE;
    }
    if (opportunities->len == MOST_LINES) {
        set_error(reader, "more than 1000000 lines were found", "fewer", error);
        return FALSE;
    }
    guint32 before = opportunities->len > 0
                         ? g_array_index(opportunities, guint32, opportunities->len - 1)
                         : 0;
    if (value < before) {
        g_autofree char *expected = g_strdup_printf("%u or later, as on the line before", before);
        set_error(reader, found, expected, error);
        return FALSE;
    }
    g_array_append_val(opportunities, value);
    return TRUE;
}

static gboolean read_lines(Reader *reader, const char *text, gsize length, GError **error)
{
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (gsize)(end - text));
        const char *line_end = newline ? newline : end;
        if (!read_line(reader, text, (gsize)(line_end - text), error))
            return FALSE;
        text = line_end + 1;
    }
    return TRUE;
}

static gboolean lasts(const Reader *reader, GError **error)
{
    const GArray *opportunities = reader->opportunities;
    if (opportunities->len > 0 && g_array_index(opportunities, guint32, opportunities->len - 1) > 0)
        return TRUE;
    set_error(reader, "the end was found", "a line with 1 millisecond or more", error);
    return FALSE;
}

GArray *mp_link_trace_parse(const char *name, const char *text, gsize length, GError **error)
{
    g_autoptr(GArray) opportunities = g_array_new(FALSE, FALSE, sizeof(guint32));
    Reader reader = {.name = name, .opportunities = opportunities};
    if (!read_lines(&reader, text, length, error) || !lasts(&reader, error))
        return NULL;
    return g_steal_pointer(&opportunities);
}

GArray *mp_link_trace_load(const char *path, GError **error)
{
    gsize length = 0;
    g_autofree char *text = mp_bounded_file_read(path, MOST_BYTES, &length, error);
    if (!text)
        return NULL;
    if (length > MOST_BYTES) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "%s: more than %zu bytes were found, expected at most 1000000 short lines",
                    path, MOST_BYTES);
        return NULL;
    }
    return mp_link_trace_parse(path, text, length, error);
}
