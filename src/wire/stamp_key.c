/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * HMAC-SHA-256 with one context for all packets of a key: a new one for each costs five times more.
 */
#include "wire/stamp_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/error.h"

#define HEX_PREFIX "hex:"
#define SHA256_SIZE 32

struct _MpStampKey {
    EVP_MAC_CTX *context;
};

static gboolean read_hex(GByteArray *bytes, const char *digits)
{
    for (; *digits; digits += 2) {
        int high = g_ascii_xdigit_value(digits[0]);
        int low = high < 0 ? -1 : g_ascii_xdigit_value(digits[1]);
        if (low < 0)
            return FALSE;
        const guint8 byte = (guint8)(high << 4 | low);
        g_byte_array_append(bytes, &byte, 1);
    }
    return TRUE;
}

static gboolean read_text(GByteArray *bytes, const char *text, GError **error)
{
    if (!g_str_has_prefix(text, HEX_PREFIX)) {
        g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text));
    } else if (!read_hex(bytes, text + strlen(HEX_PREFIX))) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "STAMP key: what follows \"" HEX_PREFIX
                    "\" is not an even number of hexadecimal digits");
        return FALSE;
    }
    if (bytes->len >= MP_STAMP_KEY_MIN)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "STAMP key: found %u bytes, expected %d or more",
                bytes->len, MP_STAMP_KEY_MIN);
    return FALSE;
}

static EVP_MAC_CTX *make_context(const GByteArray *bytes)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    g_assert(mac);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac); /* the context holds it */
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    g_assert(context && EVP_MAC_init(context, bytes->data, bytes->len, parameters));
    return context;
}

MpStampKey *mp_stamp_key_new(const char *text, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new((guint)strlen(text) + 1);
    MpStampKey *key = NULL;
    if (read_text(bytes, text, error)) {
        key = g_new0(MpStampKey, 1);
        key->context = make_context(bytes);
    }
    if (bytes->len > 0)
        OPENSSL_cleanse(bytes->data, bytes->len);
    return key;
}

void mp_stamp_key_sign(MpStampKey *key, MpBytes head, MpBytes tail, guint8 hmac[MP_STAMP_HMAC_SIZE])
{
    guint8 whole[SHA256_SIZE];
    gsize length = 0;
    /* No key given: the one of make_context() is used again. */
    g_assert(EVP_MAC_init(key->context, NULL, 0, NULL) &&
             EVP_MAC_update(key->context, head.data, head.length) &&
             EVP_MAC_update(key->context, tail.data, tail.length) &&
             EVP_MAC_final(key->context, whole, &length, sizeof whole) && length == sizeof whole);
    memcpy(hmac, whole, MP_STAMP_HMAC_SIZE);
}

gboolean mp_stamp_key_verify(MpStampKey *key, MpBytes head, MpBytes tail, const guint8 *hmac)
{
    guint8 expected[MP_STAMP_HMAC_SIZE];
    mp_stamp_key_sign(key, head, tail, expected);
    return CRYPTO_memcmp(expected, hmac, sizeof expected) == 0;
}

void mp_stamp_key_free(MpStampKey *key)
{
    if (!key)
        return;
    EVP_MAC_CTX_free(key->context);
    g_free(key);
}
