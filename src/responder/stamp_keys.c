/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of STAMP keys.
 */
#include "responder/stamp_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define LARGEST_FILE 65536

typedef struct {
    guint32 id;
    MpStampKey *key;
} Entry;

struct _MpStampKeys {
    GArray *entries;
};

static void clear_entry(gpointer entry)
{
    mp_stamp_key_free(((Entry *)entry)->key);
}

void mp_stamp_keys_free(MpStampKeys *keys)
{
    if (!keys)
        return;
    g_array_unref(keys->entries);
    g_free(keys);
}

MpStampKey *mp_stamp_keys_find(const MpStampKeys *keys, guint32 id)
{
    for (guint i = 0; i < keys->entries->len; i++)
        if (g_array_index(keys->entries, Entry, i).id == id)
            return g_array_index(keys->entries, Entry, i).key;
    return NULL;
}

MpStampKey *mp_stamp_keys_first(const MpStampKeys *keys, guint32 *id)
{
    const Entry *entry = &g_array_index(keys->entries, Entry, 0);
    *id = entry->id;
    return entry->key;
}

static gboolean refuse(GError **error, const char *path, guint line, const char *what)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s:%u: %s", path, line, what);
    return FALSE;
}

static gboolean read_line(MpStampKeys *keys, const char *path, guint number, char *line,
                          GError **error)
{
    g_autoptr(GError) reason = NULL;
    char *rest = line;
    line = g_strstrip(line);
    if (line[0] == '\0' || line[0] == '#')
        return TRUE;
    errno = 0;
    guint64 id = g_ascii_strtoull(line, &rest, 10);
    if (!g_ascii_isdigit(line[0]) || errno || id > G_MAXUINT32 || !g_ascii_isspace(*rest))
        return refuse(error, path, number,
                      "expected \"ID KEY\", where ID is a number up to 4294967295");
    if (mp_stamp_keys_find(keys, (guint32)id))
        return refuse(error, path, number, "the ID stands in an earlier line too");
    if (keys->entries->len == MP_STAMP_MOST_KEYS)
        return refuse(error, path, number, "more than 256 keys");
    Entry entry = {(guint32)id, mp_stamp_key_new(g_strchug(rest), &reason)};
    if (!entry.key)
        return refuse(error, path, number, reason->message);
    g_array_append_val(keys->entries, entry);
    return TRUE;
}

static gboolean read_lines(MpStampKeys *keys, const char *path, char *text, GError **error)
{
    guint number = 0;
    for (char *line; (line = strsep(&text, "\n"));)
        if (!read_line(keys, path, ++number, line, error))
            return FALSE;
    return keys->entries->len > 0 || refuse(error, path, 1, "no key, expected lines of \"ID KEY\"");
}

static gboolean is_private(int fd, const char *path, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "%s: mode %03o lets others read the keys, expected 600 (chmod 600 %s)", path,
                (guint)(status.st_mode & 0777), path);
    return FALSE;
}

/* The length, or -1. */
static gssize read_text(int fd, const char *path, char *text, GError **error)
{
    gsize length = 0;
    gssize got = 0;
    if (!is_private(fd, path, error))
        return -1;
    while (length <= LARGEST_FILE && (got = read(fd, text + length, LARGEST_FILE + 1 - length)) > 0)
        length += (gsize)got;
    if (got >= 0 && length <= LARGEST_FILE && !memchr(text, '\0', length))
        return (gssize)length;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s", path,
                got < 0 ? g_strerror(errno) : "no text of at most 65536 bytes");
    return -1;
}

MpStampKeys *mp_stamp_keys_read_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    MpStampKeys *keys = g_new0(MpStampKeys, 1);
    keys->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(keys->entries, clear_entry);
    char *text = g_malloc0(LARGEST_FILE + 2);
    gssize length = read_text(fd, path, text, error);
    close(fd);
    gboolean is_good = length >= 0 && read_lines(keys, path, text, error);
    explicit_bzero(text, LARGEST_FILE + 2);
    g_free(text);
    if (is_good)
        return keys;
    mp_stamp_keys_free(keys);
    return NULL;
}
