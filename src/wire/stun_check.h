/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two check values of a STUN message: MESSAGE-INTEGRITY and FINGERPRINT, RFC 8489 sections 14.5
 * and 14.7. Reader and builder share them.
 */
#pragma once

#include "wire/stun.h"

#define MP_STUN_HMAC_LENGTH 20
#define MP_STUN_KEY_LENGTH 16

/* Both cover the bytes before the attribute at `offset`, with the header's length field as if the
 * message ended with that attribute. */
void mp_stun_compute_hmac(MpBytes message, gsize offset, MpBytes key,
                          guint8 hmac[MP_STUN_HMAC_LENGTH]);
guint32 mp_stun_compute_fingerprint(MpBytes message, gsize offset);

MpStunCheck mp_stun_check_hmac(MpBytes message, const MpStunAttribute *attribute, MpBytes key);
MpStunCheck mp_stun_check_fingerprint(MpBytes message, const MpStunAttribute *attribute);

/* MD5(username ":" realm ":" OpaqueString(password)), RFC 8489 section 9.2.2. ASCII passwords pass
 * through; others are prepared by RFC 8265 section 4.2 as far as Unicode tables go: spaces become
 * U+0020, then NFC. */
void mp_stun_long_term_key(const char *user, const char *realm, const char *password,
                           guint8 key[MP_STUN_KEY_LENGTH]);
