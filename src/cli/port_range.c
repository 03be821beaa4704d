/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A range of ports as an argument.
 */
#include "cli/port_range.h"

#include <mediapath/error.h>

static gboolean parse_port(guint16 *port, const char *text)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &number, NULL))
        return FALSE;
    *port = (guint16)number;
    return TRUE;
}

gboolean mp_port_range_parse(guint16 *first, guint16 *last, const char *option, const char *text,
                             guint16 least, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    const char *end = ends[0] && ends[1] ? ends[1] : ends[0];
    if (end && parse_port(first, ends[0]) && parse_port(last, end) && *first <= *last &&
        *first >= least)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "%s \"%s\", expected a port or FIRST-LAST inside %u-65535", option, text, least);
    return FALSE;
}
