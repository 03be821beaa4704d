/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STUN reader, RFC 8489 sections 5, 6 and 14.
 */
#include "wire/stun.h"

#include <string.h>

#include "wire/stun_check.h"

#define TYPE_MASK 0xC000
#define COOKIE_OFFSET 4

/* RFC 8489 figure 3: the class bits stand between the bits of the method. */
static MpStunClass class_of(guint16 type)
{
    return (MpStunClass)((type >> 7 & 2) | (type >> 4 & 1));
}

static guint method_of(guint16 type)
{
    return (type & 0x000F) | (type >> 1 & 0x0070) | (type >> 2 & 0x0F80);
}

static MpStunForm parse_header(MpStunMessage *message)
{
    MpReader reader = mp_reader_init(message->bytes.data, message->bytes.length);
    guint16 type = mp_reader_u16(&reader);
    guint16 length = mp_reader_u16(&reader);
    guint32 cookie = mp_reader_u32(&reader);
    MpBytes id = mp_reader_bytes(&reader, MP_STUN_ID_LENGTH);
    if (reader.is_bad || (type & TYPE_MASK) != 0 || cookie != MP_STUN_COOKIE)
        return MP_STUN_FORM_NOT_STUN;

    message->class = class_of(type);
    message->method = method_of(type);
    memcpy(message->id.bytes, id.data, MP_STUN_ID_LENGTH);
    gsize left = mp_reader_left(&reader);
    message->attributes = mp_reader_bytes(&reader, MIN(length, left));
    return length == left && length % 4 == 0 ? MP_STUN_FORM_GOOD : MP_STUN_FORM_WRONG_LENGTH;
}

static MpStunForm check_attributes(MpStunMessage *message)
{
    MpStunIterator iterator = mp_stun_attributes(message);
    MpStunAttribute attribute;
    while (mp_stun_next(&iterator, &attribute))
        if (attribute.type == MP_STUN_ATTRIBUTE_FINGERPRINT &&
            message->fingerprint == MP_STUN_CHECK_ABSENT)
            message->fingerprint = mp_stun_check_fingerprint(message->bytes, &attribute);
    return iterator.reader.is_bad ? MP_STUN_FORM_WRONG_ATTRIBUTE : MP_STUN_FORM_GOOD;
}

gboolean mp_stun_parse(MpStunMessage *message, const void *bytes, gsize length)
{
    *message = (MpStunMessage){.bytes = {bytes, length}};
    message->form = parse_header(message);
    if (message->form == MP_STUN_FORM_GOOD)
        message->form = check_attributes(message);
    return message->form == MP_STUN_FORM_GOOD;
}

const char *mp_stun_form_text(MpStunForm form)
{
    static const char *const texts[] = {
        [MP_STUN_FORM_GOOD] = "well formed",
        [MP_STUN_FORM_NOT_STUN] = "not a STUN message",
        [MP_STUN_FORM_WRONG_LENGTH] = "a STUN message whose length is not that of its bytes",
        [MP_STUN_FORM_WRONG_ATTRIBUTE] = "a STUN message with an attribute that runs past its end",
    };
    return texts[form];
}

MpStunIterator mp_stun_attributes(const MpStunMessage *message)
{
    return (MpStunIterator){
        .message = message,
        .reader = mp_reader_init(message->attributes.data, message->attributes.length),
    };
}

gboolean mp_stun_next(MpStunIterator *iterator, MpStunAttribute *attribute)
{
    MpReader *reader = &iterator->reader;
    if (mp_reader_left(reader) == 0)
        return FALSE;

    MpStunAttribute next = {.offset = MP_STUN_HEADER_LENGTH + reader->position,
                            .follows_integrity = iterator->is_past_integrity};
    next.type = mp_reader_u16(reader);
    gsize length = mp_reader_u16(reader);
    next.value = mp_reader_bytes(reader, length);
    mp_reader_bytes(reader, (4 - length % 4) % 4);
    if (reader->is_bad)
        return FALSE;

    if (next.type == MP_STUN_ATTRIBUTE_MESSAGE_INTEGRITY)
        iterator->is_past_integrity = TRUE;
    *attribute = next;
    return TRUE;
}

static gboolean counts_behind_integrity(guint type)
{
    return type == MP_STUN_ATTRIBUTE_FINGERPRINT ||
           type == MP_STUN_ATTRIBUTE_MESSAGE_INTEGRITY_SHA256;
}

static gboolean find_attribute(const MpStunMessage *message, guint type, MpStunAttribute *found)
{
    MpStunIterator iterator = mp_stun_attributes(message);
    while (mp_stun_next(&iterator, found))
        if (found->type == type && (!found->follows_integrity || counts_behind_integrity(type)))
            return TRUE;
    return FALSE;
}

gboolean mp_stun_find(const MpStunMessage *message, guint type, MpBytes *value)
{
    MpStunAttribute attribute;
    if (!find_attribute(message, type, &attribute))
        return FALSE;
    *value = attribute.value;
    return TRUE;
}

gboolean mp_stun_has(const MpStunMessage *message, guint type)
{
    MpStunAttribute attribute;
    return find_attribute(message, type, &attribute);
}

gboolean mp_stun_get_u32(const MpStunMessage *message, guint type, guint32 *value)
{
    MpBytes bytes;
    if (!mp_stun_find(message, type, &bytes) || bytes.length != 4)
        return FALSE;
    MpReader reader = mp_reader_init(bytes.data, bytes.length);
    *value = mp_reader_u32(&reader);
    return TRUE;
}

gboolean mp_stun_type_is_xored(guint type)
{
    return type == MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS ||
           type == MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS ||
           type == MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS;
}

/* RFC 8489 section 14.2: the port with the cookie's first half, the address with the cookie and,
 * for IPv6, the transaction id: which is the message from the cookie on. */
void mp_stun_xor_address(MpAddress *address, const guint8 *cookie)
{
    gsize length = address->family == MP_FAMILY_IPV4 ? 4 : 16;
    address->port ^= (guint16)(MP_STUN_COOKIE >> 16);
    for (gsize i = 0; i < length; i++)
        address->bytes[i] ^= cookie[i];
}

static gboolean read_address(const MpStunMessage *message, guint type, MpBytes value,
                             MpAddress *address)
{
    MpReader reader = mp_reader_init(value.data, value.length);
    mp_reader_u8(&reader);
    guint8 family = mp_reader_u8(&reader);
    MpAddress read = {.port = mp_reader_u16(&reader)};
    gsize length = family == 1 ? 4 : family == 2 ? 16 : 0;
    if (reader.is_bad || length == 0 || mp_reader_left(&reader) != length)
        return FALSE;

    read.family = family == 1 ? MP_FAMILY_IPV4 : MP_FAMILY_IPV6;
    memcpy(read.bytes, mp_reader_bytes(&reader, length).data, length);
    if (mp_stun_type_is_xored(type))
        mp_stun_xor_address(&read, message->bytes.data + COOKIE_OFFSET);
    *address = read;
    return TRUE;
}

gboolean mp_stun_get_address(const MpStunMessage *message, guint type, MpAddress *address)
{
    MpBytes value;
    return mp_stun_find(message, type, &value) && read_address(message, type, value, address);
}

gboolean mp_stun_get_address_of(const MpStunMessage *message, guint type, MpFamily family,
                                MpAddress *address)
{
    MpStunAttribute attribute;
    MpStunIterator iterator = mp_stun_attributes(message);
    while (mp_stun_next(&iterator, &attribute)) {
        MpAddress read;
        if (attribute.type == type && !attribute.follows_integrity &&
            read_address(message, type, attribute.value, &read) && read.family == family) {
            *address = read;
            return TRUE;
        }
    }
    return FALSE;
}

/* The third byte's low three bits are the hundreds, in ERROR-CODE and ADDRESS-ERROR-CODE. */
static gboolean read_error(MpBytes value, guint *code, MpBytes *reason)
{
    MpReader reader = mp_reader_init(value.data, value.length);
    mp_reader_u16(&reader);
    guint hundreds = mp_reader_u8(&reader) & 7;
    guint number = mp_reader_u8(&reader);
    if (reader.is_bad || hundreds < 3 || hundreds > 6 || number > 99)
        return FALSE;
    *code = hundreds * 100 + number;
    *reason = mp_reader_bytes(&reader, mp_reader_left(&reader));
    return TRUE;
}

gboolean mp_stun_get_error(const MpStunMessage *message, guint *code, MpBytes *reason)
{
    MpBytes value;
    return mp_stun_find(message, MP_STUN_ATTRIBUTE_ERROR_CODE, &value) &&
           read_error(value, code, reason);
}

gboolean mp_stun_get_address_error(const MpStunMessage *message, guint *code)
{
    MpBytes value;
    MpBytes reason;
    return mp_stun_find(message, MP_STUN_ATTRIBUTE_ADDRESS_ERROR_CODE, &value) &&
           read_error(value, code, &reason);
}

char *mp_stun_bytes_to_text(MpBytes bytes)
{
    g_autofree char *text = g_utf8_make_valid((const char *)bytes.data, (gssize)bytes.length);
    GString *shown = g_string_new(NULL);
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        g_string_append_unichar(shown, g_unichar_iscntrl(character) ? ' ' : character);
    }
    return g_string_free(shown, FALSE);
}

char *mp_stun_dup_text(const MpStunMessage *message, guint type)
{
    MpBytes value;
    return mp_stun_find(message, type, &value) ? mp_stun_bytes_to_text(value) : NULL;
}

MpStunCheck mp_stun_check_integrity(const MpStunMessage *message, MpBytes key)
{
    MpStunAttribute attribute;
    if (!find_attribute(message, MP_STUN_ATTRIBUTE_MESSAGE_INTEGRITY, &attribute))
        return MP_STUN_CHECK_ABSENT;
    return mp_stun_check_hmac(message->bytes, &attribute, key);
}
