/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Unpredictable bytes: transaction ids, nonces, SSRCs. The only place that asks for them.
 */
#pragma once

#include <glib.h>

/* Fills `buffer` from the kernel's generator; ends the process if there is none. */
void mp_random_bytes(void *buffer, gsize length);

guint32 mp_random_u32(void);

/* `length` characters of the ICE alphabet's letters and digits. Free with g_free(). */
char *mp_random_token(gsize length);
