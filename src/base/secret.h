/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A password, shared secret or token. It comes from a file, never from an argument, is wiped when
 * freed, and there is deliberately no function that formats it.
 */
#pragma once

#include <glib.h>

typedef struct _MpSecret MpSecret;

MpSecret *mp_secret_new(const char *text);

/* The first line of `path` without its line end. Errors (MP_ERROR_INPUT) name the file: it cannot
 * be read, is empty, is longer than 4096 bytes, or others may read it (mode & 077). */
MpSecret *mp_secret_read_file(const char *path, GError **error);

/* Lent; for handing to the protocol only. NULL for a NULL secret. */
const char *mp_secret_peek(const MpSecret *secret);

void mp_secret_free(MpSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSecret, mp_secret_free)
