/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of which a part is enough.
 */
#include "input/bounded_file.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"

#define FIRST_BYTES ((gsize)64 * 1024)

/* NULL with errno. */
static char *read_part(FILE *file, gsize most, gsize *length)
{
    gsize size = MIN(FIRST_BYTES, most + 1);
    g_autofree char *text = g_malloc(size + 1);
    *length = fread(text, 1, size, file);
    while (*length == size && size <= most) {
        size = MIN(2 * size, most + 1);
        text = g_realloc(text, size + 1);
        *length += fread(text + *length, 1, size - *length, file);
    }
    text[*length] = '\0';
    return ferror(file) ? NULL : g_realloc(g_steal_pointer(&text), *length + 1);
}

char *mp_bounded_file_read(const char *path, gsize most, gsize *length, GError **error)
{
    const gboolean is_input = g_str_equal(path, "-");
    FILE *file = is_input ? stdin : fopen(path, "re");
    char *text = file ? read_part(file, most, length) : NULL;
    int failure = errno;
    if (file && !is_input)
        (void)fclose(file);
    if (!text)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s", path, g_strerror(failure));
    return text;
}
