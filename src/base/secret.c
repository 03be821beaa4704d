/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A password, shared secret or token.
 */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define MAX_SECRET 4096

struct _MpSecret {
    char *text;
};

MpSecret *mp_secret_new(const char *text)
{
    MpSecret *secret = g_new0(MpSecret, 1);
    secret->text = g_strdup(text);
    return secret;
}

static MpSecret *parse(const char *path, char *content, gsize length, GError **error)
{
    if (memchr(content, '\0', length)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "%s: a NUL byte was found, expected one line of text", path);
        return NULL;
    }
    content[strcspn(content, "\r\n")] = '\0';
    if (content[0] == '\0') {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "%s:1: the first line is empty, expected a secret", path);
        return NULL;
    }
    return mp_secret_new(content);
}

static gboolean mode_is_private(const char *path, int fd, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0)
        return TRUE; /* a pipe has no mode worth judging */
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "%s: mode %03o lets others read the secret, expected 600 (chmod 600 %s)", path,
                (guint)(status.st_mode & 0777), path);
    return FALSE;
}

MpSecret *mp_secret_read_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
        return NULL;
    }

    MpSecret *secret = NULL;
    char content[MAX_SECRET + 2];
    gsize length = 0;
    gssize got = 0;
    if (mode_is_private(path, fd, error)) {
        while (length <= MAX_SECRET &&
               (got = read(fd, content + length, MAX_SECRET + 1 - length)) > 0)
            length += (gsize)got;
        content[MIN(length, MAX_SECRET + 1)] = '\0';
        if (got < 0)
            g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
        else if (length > MAX_SECRET)
            g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                        "%s: more than %d bytes were found, expected one line", path, MAX_SECRET);
        else
            secret = parse(path, content, length, error);
    }
    explicit_bzero(content, sizeof content);
    close(fd);
    return secret;
}

const char *mp_secret_peek(const MpSecret *secret)
{
    return secret ? secret->text : NULL;
}

void mp_secret_free(MpSecret *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret->text, strlen(secret->text));
    g_free(secret->text);
    g_free(secret);
}
