/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of which a part is enough.
 */
#include "input/bounded_file.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"

/* NULL with errno. */
static char *read_part(FILE *file, gsize most, gsize *length)
{
    g_autofree char *text = g_malloc(most + 2);
    *length = fread(text, 1, most + 1, file);
    text[*length] = '\0';
    return ferror(file) ? NULL : g_realloc(g_steal_pointer(&text), *length + 1);
}

char *mp_bounded_file_read(const char *path, gsize most, gsize *length, GError **error)
{
    FILE *file = fopen(path, "re");
    char *text = file ? read_part(file, most, length) : NULL;
    int failure = errno;
    if (file)
        (void)fclose(file);
    if (!text)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s", path, g_strerror(failure));
    return text;
}
