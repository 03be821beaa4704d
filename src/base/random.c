/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Unpredictable bytes from getrandom(2).
 */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

void mp_random_bytes(void *buffer, gsize length)
{
    guint8 *next = buffer;
    while (length > 0) {
        gssize got = getrandom(next, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        g_assert(got > 0);
        next += got;
        length -= (gsize)got;
    }
}

guint32 mp_random_u32(void)
{
    guint32 value;
    mp_random_bytes(&value, sizeof value);
    return value;
}

char *mp_random_token(gsize length)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *token = g_malloc(length + 1);
    mp_random_bytes(token, length);
    for (gsize i = 0; i < length; i++)
        token[i] = alphabet[(guint8)token[i] % 64];
    token[length] = '\0';
    return token;
}
