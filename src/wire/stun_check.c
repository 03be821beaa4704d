/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * HMAC-SHA1, CRC-32 and the long-term key.
 */
#include "wire/stun_check.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define ATTRIBUTE_HEADER 4
#define FINGERPRINT_LENGTH 4
/* "STUN": so that a CRC-32 of the application's own data is not taken for this one. */
#define FINGERPRINT_XOR 0x5354554EU
#define CRC_POLYNOMIAL 0xEDB88320U /* ITU V.42, reflected */

/* The header as it was when the attribute at `offset` was the last. */
static void header_ending_at(MpBytes message, gsize end, guint8 header[MP_STUN_HEADER_LENGTH])
{
    memcpy(header, message.data, MP_STUN_HEADER_LENGTH);
    gsize length = end - MP_STUN_HEADER_LENGTH;
    header[2] = (guint8)(length >> 8);
    header[3] = (guint8)length;
}

void mp_stun_compute_hmac(MpBytes message, gsize offset, MpBytes key,
                          guint8 hmac[MP_STUN_HMAC_LENGTH])
{
    g_autofree guint8 *covered = g_memdup2(message.data, offset);
    header_ending_at(message, offset + ATTRIBUTE_HEADER + MP_STUN_HMAC_LENGTH, covered);
    /* A NULL key would make OpenSSL reuse an earlier one. */
    const guint8 *key_data = key.length > 0 ? key.data : (const guint8 *)"";
    g_assert(HMAC(EVP_sha1(), key_data, (int)key.length, covered, offset, hmac, NULL));
}

static guint32 crc32_update(guint32 crc, const guint8 *data, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        crc ^= data[i];
        for (guint bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
    }
    return crc;
}

guint32 mp_stun_compute_fingerprint(MpBytes message, gsize offset)
{
    guint8 header[MP_STUN_HEADER_LENGTH];
    header_ending_at(message, offset + ATTRIBUTE_HEADER + FINGERPRINT_LENGTH, header);
    guint32 crc = crc32_update(0xFFFFFFFFU, header, sizeof header);
    crc = crc32_update(crc, message.data + sizeof header, offset - sizeof header);
    return ~crc ^ FINGERPRINT_XOR;
}

MpStunCheck mp_stun_check_hmac(MpBytes message, const MpStunAttribute *attribute, MpBytes key)
{
    guint8 expected[MP_STUN_HMAC_LENGTH];
    if (attribute->value.length != sizeof expected)
        return MP_STUN_CHECK_WRONG;
    mp_stun_compute_hmac(message, attribute->offset, key, expected);
    return CRYPTO_memcmp(expected, attribute->value.data, sizeof expected) == 0
               ? MP_STUN_CHECK_MATCHES
               : MP_STUN_CHECK_WRONG;
}

MpStunCheck mp_stun_check_fingerprint(MpBytes message, const MpStunAttribute *attribute)
{
    gsize end = attribute->offset + ATTRIBUTE_HEADER + FINGERPRINT_LENGTH;
    if (attribute->value.length != FINGERPRINT_LENGTH || end != message.length)
        return MP_STUN_CHECK_WRONG;
    MpReader reader = mp_reader_init(attribute->value.data, attribute->value.length);
    guint32 found = mp_reader_u32(&reader);
    return found == mp_stun_compute_fingerprint(message, attribute->offset) ? MP_STUN_CHECK_MATCHES
                                                                            : MP_STUN_CHECK_WRONG;
}

static char *prepare_opaque_string(const char *password)
{
    if (g_str_is_ascii(password) || !g_utf8_validate(password, -1, NULL))
        return g_strdup(password);

    GString *mapped = g_string_new(NULL);
    for (const char *at = password; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        gboolean is_space = g_unichar_type(character) == G_UNICODE_SPACE_SEPARATOR;
        g_string_append_unichar(mapped, is_space ? ' ' : character);
    }
    char *prepared = g_utf8_normalize(mapped->str, -1, G_NORMALIZE_NFC);
    explicit_bzero(mapped->str, mapped->len);
    g_string_free(mapped, TRUE);
    return prepared;
}

void mp_stun_long_term_key(const char *user, const char *realm, const char *password,
                           guint8 key[MP_STUN_KEY_LENGTH])
{
    g_autofree char *prepared = prepare_opaque_string(password);
    g_autofree char *joined = g_strjoin(":", user, realm, prepared, NULL);
    g_assert(EVP_Digest(joined, strlen(joined), key, NULL, EVP_md5(), NULL) == 1);
    explicit_bzero(prepared, strlen(prepared));
    explicit_bzero(joined, strlen(joined));
}
