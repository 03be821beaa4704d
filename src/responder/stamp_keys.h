/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keys that a STAMP reflector answers to, one a site.
 */
#pragma once

#include "wire/stamp_key.h"

#define MP_STAMP_MOST_KEYS 256

typedef struct _MpStampKeys MpStampKeys;

/* Lines of "ID KEY": a number up to 4294967295, and the key as mp_stamp_key_new() takes it. Empty
 * lines and lines that begin with # are left out. NULL with MP_ERROR_INPUT "FILE:LINE: ...", which
 * never quotes a line; also where others may read the file (mode & 077). */
MpStampKeys *mp_stamp_keys_read_file(const char *path, GError **error);
void mp_stamp_keys_free(MpStampKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpStampKeys, mp_stamp_keys_free)

/* Lent; NULL where no key has the id. */
MpStampKey *mp_stamp_keys_find(const MpStampKeys *keys, guint32 id);
/* Of the file's first line: for packets of the authenticated mode, which name no key. */
MpStampKey *mp_stamp_keys_first(const MpStampKeys *keys, guint32 *id);
