/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STUN writer.
 */
#include "wire/stun_builder.h"

#include <string.h>

#include "wire/stun_check.h"

#define LENGTH_OFFSET 2
#define COOKIE_OFFSET 4

static guint16 message_type(MpStunClass class, guint method)
{
    return (guint16)((method & 0x000F) | (method & 0x0070) << 1 | (method & 0x0F80) << 2 |
                     ((guint) class & 1) << 4 | ((guint) class & 2) << 7);
}

MpStunBuilder mp_stun_builder_init(void *buffer, gsize capacity, MpStunClass class, guint method,
                                   const MpStunId *id)
{
    MpStunBuilder builder = {mp_writer_init(buffer, capacity)};
    mp_writer_u16(&builder.writer, message_type(class, method));
    mp_writer_u16(&builder.writer, 0);
    mp_writer_u32(&builder.writer, MP_STUN_COOKIE);
    mp_writer_bytes(&builder.writer, id->bytes, sizeof id->bytes);
    return builder;
}

void mp_stun_add(MpStunBuilder *builder, guint type, const void *value, gsize length)
{
    MpWriter *writer = &builder->writer;
    gsize padding = (4 - length % 4) % 4;
    if (length > G_MAXUINT16 || writer->position + 4 + length + padding > MP_STUN_MAX_LENGTH) {
        writer->is_bad = TRUE;
        return;
    }
    mp_writer_u16(writer, (guint16)type);
    mp_writer_u16(writer, (guint16)length);
    mp_writer_bytes(writer, value, length);
    mp_writer_zeros(writer, padding);
    mp_writer_patch_u16(writer, LENGTH_OFFSET, (guint16)(writer->position - MP_STUN_HEADER_LENGTH));
}

void mp_stun_add_text(MpStunBuilder *builder, guint type, const char *text)
{
    mp_stun_add(builder, type, text, strlen(text));
}

void mp_stun_add_u32(MpStunBuilder *builder, guint type, guint32 value)
{
    guint8 bytes[4];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_writer_u32(&writer, value);
    mp_stun_add(builder, type, bytes, sizeof bytes);
}

void mp_stun_add_address(MpStunBuilder *builder, guint type, const MpAddress *address)
{
    if (address->family == MP_FAMILY_NONE || builder->writer.is_bad) {
        builder->writer.is_bad = TRUE;
        return;
    }
    gsize length = address->family == MP_FAMILY_IPV4 ? 4 : 16;
    MpAddress sent = *address;
    if (mp_stun_type_is_xored(type))
        mp_stun_xor_address(&sent, builder->writer.data + COOKIE_OFFSET);

    guint8 bytes[20];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_writer_u8(&writer, 0);
    mp_writer_u8(&writer, address->family == MP_FAMILY_IPV4 ? 1 : 2);
    mp_writer_u16(&writer, sent.port);
    mp_writer_bytes(&writer, sent.bytes, length);
    mp_stun_add(builder, type, bytes, writer.position);
}

void mp_stun_add_error(MpStunBuilder *builder, MpStunError code)
{
    guint8 bytes[64];
    const char *reason = mp_stun_error_name(code);
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_writer_u16(&writer, 0);
    mp_writer_u8(&writer, (guint8)(code / 100));
    mp_writer_u8(&writer, (guint8)(code % 100));
    mp_writer_bytes(&writer, reason, strlen(reason));
    mp_stun_add(builder, MP_STUN_ATTRIBUTE_ERROR_CODE, bytes, writer.position);
}

void mp_stun_add_unknown(MpStunBuilder *builder, const guint16 *types, gsize count)
{
    g_autofree guint8 *bytes = g_malloc(2 * count + 1);
    MpWriter writer = mp_writer_init(bytes, 2 * count);
    for (gsize i = 0; i < count; i++)
        mp_writer_u16(&writer, types[i]);
    mp_stun_add(builder, MP_STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, bytes, writer.position);
}

static MpBytes written(const MpStunBuilder *builder)
{
    return (MpBytes){builder->writer.data, builder->writer.position};
}

void mp_stun_add_integrity(MpStunBuilder *builder, MpBytes key)
{
    if (builder->writer.is_bad)
        return;
    guint8 hmac[MP_STUN_HMAC_LENGTH];
    mp_stun_compute_hmac(written(builder), builder->writer.position, key, hmac);
    mp_stun_add(builder, MP_STUN_ATTRIBUTE_MESSAGE_INTEGRITY, hmac, sizeof hmac);
}

void mp_stun_add_fingerprint(MpStunBuilder *builder)
{
    if (builder->writer.is_bad)
        return;
    guint32 value = mp_stun_compute_fingerprint(written(builder), builder->writer.position);
    mp_stun_add_u32(builder, MP_STUN_ATTRIBUTE_FINGERPRINT, value);
}

gsize mp_stun_builder_end(const MpStunBuilder *builder)
{
    return builder->writer.is_bad ? 0 : builder->writer.position;
}
