/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A key of STAMP, ready for use: HMAC-SHA-256 truncated to 128 bits, RFC 8762 section 4.4. Made
 * once; one key object serves one thread.
 */
#pragma once

#include "base/bytes.h"

#define MP_STAMP_HMAC_SIZE 16
#define MP_STAMP_KEY_MIN 16 /* bytes: a guess is no cheaper than the truncated HMAC */

typedef struct _MpStampKey MpStampKey;

/* The text is the key, byte by byte; "hex:" and an even number of hexadecimal digits is a key of
 * any bytes. NULL with MP_ERROR_INPUT where it has fewer than 16 bytes or bad digits; the message
 * does not repeat the text. */
MpStampKey *mp_stamp_key_new(const char *text, GError **error);

/* HMAC over `head` and then `tail`. */
void mp_stamp_key_sign(MpStampKey *key, MpBytes head, MpBytes tail,
                       guint8 hmac[MP_STAMP_HMAC_SIZE]);
/* Takes the same time wherever they differ. */
gboolean mp_stamp_key_verify(MpStampKey *key, MpBytes head, MpBytes tail, const guint8 *hmac);

/* Wipes the key; takes NULL. */
void mp_stamp_key_free(MpStampKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpStampKey, mp_stamp_key_free)
