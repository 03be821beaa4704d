/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes STUN messages, RFC 8489. Padding is zero; what does not fit makes the whole message bad.
 */
#pragma once

#include "wire/stun.h"

typedef struct {
    MpWriter writer;
} MpStunBuilder;

/* Writes the header; the buffer is complete and valid after every call below. */
MpStunBuilder mp_stun_builder_init(void *buffer, gsize capacity, MpStunClass class, guint method,
                                   const MpStunId *id);

/* Adding an attribute of more than 65535 bytes makes the message bad. */
void mp_stun_add(MpStunBuilder *builder, guint type, const void *value, gsize length);
void mp_stun_add_text(MpStunBuilder *builder, guint type, const char *text);
void mp_stun_add_u32(MpStunBuilder *builder, guint type, guint32 value);
/* XORed where the type says so; an address without family makes the message bad. */
void mp_stun_add_address(MpStunBuilder *builder, guint type, const MpAddress *address);
/* With the reason phrase of the registry. */
void mp_stun_add_error(MpStunBuilder *builder, MpStunError code);
void mp_stun_add_unknown(MpStunBuilder *builder, const guint16 *types, gsize count);
/* After these two nothing but a fingerprint, and nothing at all, may be added. */
void mp_stun_add_integrity(MpStunBuilder *builder, MpBytes key);
void mp_stun_add_fingerprint(MpStunBuilder *builder);

/* The message's length; 0 when it did not fit. */
gsize mp_stun_builder_end(const MpStunBuilder *builder);
