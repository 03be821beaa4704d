/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STUN codec where the RFC's vectors say nothing: faults, limits, order of attributes.
 */
#include <glib.h>
#include <string.h>

#include "wire/stun_builder.h"
#include "wire/stun_check.h"

static const MpStunId id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
static const MpBytes key = {(const guint8 *)"secret", 6};

static MpStunBuilder begin(guint8 *buffer, gsize capacity)
{
    return mp_stun_builder_init(buffer, capacity, MP_STUN_SUCCESS, MP_STUN_METHOD_ALLOCATE, &id);
}

static MpStunMessage parse(const MpStunBuilder *builder)
{
    MpStunMessage message;
    g_assert_true(mp_stun_parse(&message, builder->writer.data, mp_stun_builder_end(builder)));
    return message;
}

static void test_class_and_method_survive(void)
{
    static const MpStunClass classes[] = {MP_STUN_REQUEST, MP_STUN_INDICATION, MP_STUN_SUCCESS,
                                          MP_STUN_ERROR};
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
        for (guint method = 0; method <= 0xFFF; method++) {
            guint8 buffer[MP_STUN_HEADER_LENGTH];
            MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer, classes[i], method,
                                                         &id);
            MpStunMessage message = parse(&builder);
            g_assert_cmpint(message.class, ==, classes[i]);
            g_assert_cmpuint(message.method, ==, method);
        }
}

/* RFC 8489 section 5: "a Binding request has class=0b00 (request) and method=0b000000000001 and is
 * encoded into the first 16 bits as 0x0001. A Binding response ... 0x0101." */
static void test_type_bits_are_the_rfcs(void)
{
    guint8 buffer[MP_STUN_HEADER_LENGTH];
    mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_SUCCESS, MP_STUN_METHOD_BINDING, &id);
    g_assert_cmphex(buffer[0] << 8 | buffer[1], ==, 0x0101);
    mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_ERROR, MP_STUN_METHOD_ALLOCATE, &id);
    g_assert_cmphex(buffer[0] << 8 | buffer[1], ==, 0x0113);
    mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_INDICATION, MP_STUN_METHOD_DATA, &id);
    g_assert_cmphex(buffer[0] << 8 | buffer[1], ==, 0x0017);
}

static void test_padding_is_zero(void)
{
    guint8 buffer[64];
    memset(buffer, 0xFF, sizeof buffer);
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "a");
    g_assert_cmpuint(mp_stun_builder_end(&builder), ==, 28);
    g_assert_cmpmem(buffer + 24, 4, "a\0\0\0", 4);
}

static void test_what_does_not_fit_is_bad(void)
{
    guint8 buffer[30];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "more than six bytes");
    mp_stun_add_integrity(&builder, key);
    mp_stun_add_fingerprint(&builder);
    g_assert_cmpuint(mp_stun_builder_end(&builder), ==, 0);

    MpAddress none = {0};
    builder = begin(buffer, sizeof buffer);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &none);
    g_assert_cmpuint(mp_stun_builder_end(&builder), ==, 0);
}

static void test_message_of_more_than_the_length_field_is_bad(void)
{
    g_autofree guint8 *buffer = g_malloc(200000);
    g_autofree guint8 *value = g_malloc0(65535);
    MpStunBuilder builder = begin(buffer, 200000);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_DATA, value, 65528);
    g_assert_cmpuint(mp_stun_builder_end(&builder), ==, MP_STUN_MAX_LENGTH);
    MpStunMessage message = parse(&builder);
    g_assert_true(mp_stun_has(&message, MP_STUN_ATTRIBUTE_DATA));
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_DATA, value, 0);
    g_assert_cmpuint(mp_stun_builder_end(&builder), ==, 0);
}

static void assert_form(const guint8 *bytes, gsize length, MpStunForm expected)
{
    MpStunMessage message;
    g_assert_cmpint(mp_stun_parse(&message, bytes, length), ==, expected == MP_STUN_FORM_GOOD);
    g_assert_cmpint(message.form, ==, expected);
}

static void test_faults_are_named(void)
{
    guint8 buffer[64];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_LIFETIME, 600);
    gsize length = mp_stun_builder_end(&builder);
    assert_form(buffer, length, MP_STUN_FORM_GOOD);
    assert_form(buffer, 19, MP_STUN_FORM_NOT_STUN);
    assert_form(buffer, length - 4, MP_STUN_FORM_WRONG_LENGTH);
    assert_form(buffer, length + 1, MP_STUN_FORM_WRONG_LENGTH);

    buffer[23] = 5; /* one byte more than there is */
    assert_form(buffer, length, MP_STUN_FORM_WRONG_ATTRIBUTE);
    buffer[23] = 4;
    buffer[4] ^= 1;
    assert_form(buffer, length, MP_STUN_FORM_NOT_STUN);
    buffer[4] ^= 1;
    buffer[0] |= 0x40;
    assert_form(buffer, length, MP_STUN_FORM_NOT_STUN);
    assert_form((const guint8 *)"HTTP/1.1 400 Bad Request\r\n", 26, MP_STUN_FORM_NOT_STUN);
}

static void test_truncated_message_keeps_what_could_be_read(void)
{
    guint8 buffer[64];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_LIFETIME, 600);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "cut off");
    MpStunMessage message;
    g_assert_false(mp_stun_parse(&message, buffer, mp_stun_builder_end(&builder) - 4));
    guint32 lifetime;
    g_assert_true(mp_stun_get_u32(&message, MP_STUN_ATTRIBUTE_LIFETIME, &lifetime));
    g_assert_cmpuint(lifetime, ==, 600);
    g_assert_cmpuint(message.method, ==, MP_STUN_METHOD_ALLOCATE);
    g_assert_false(mp_stun_has(&message, MP_STUN_ATTRIBUTE_SOFTWARE));
}

static void test_integrity_is_judged_and_not_enforced(void)
{
    guint8 buffer[128];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    MpStunMessage message = parse(&builder);
    g_assert_cmpint(mp_stun_check_integrity(&message, key), ==, MP_STUN_CHECK_ABSENT);
    mp_stun_add_integrity(&builder, key);
    message = parse(&builder);
    g_assert_cmpint(mp_stun_check_integrity(&message, key), ==, MP_STUN_CHECK_MATCHES);
    MpBytes other = {(const guint8 *)"other", 5};
    g_assert_cmpint(mp_stun_check_integrity(&message, other), ==, MP_STUN_CHECK_WRONG);
    g_assert_cmpint(mp_stun_check_integrity(&message, (MpBytes){NULL, 0}), ==, MP_STUN_CHECK_WRONG);
}

static void test_nothing_is_found_behind_the_integrity(void)
{
    guint8 buffer[128];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_integrity(&builder, key);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_LIFETIME, 1);
    mp_stun_add_fingerprint(&builder);
    MpStunMessage message = parse(&builder);
    g_assert_false(mp_stun_has(&message, MP_STUN_ATTRIBUTE_LIFETIME));
    g_assert_true(mp_stun_has(&message, MP_STUN_ATTRIBUTE_FINGERPRINT));
    g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_MATCHES);
}

static void test_fingerprint_must_be_last(void)
{
    guint8 buffer[128];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_fingerprint(&builder);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_LIFETIME, 1);
    MpStunMessage message = parse(&builder);
    g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_WRONG);
}

static void test_addresses_survive(void)
{
    static const guint types[] = {
        MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, MP_STUN_ATTRIBUTE_ALTERNATE_SERVER,
        MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS,
        MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS};
    static const char *const texts[] = {"203.0.113.7", "2001:db8::7"};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(texts); j++) {
            guint8 buffer[64];
            MpAddress sent;
            MpAddress got;
            g_assert_true(mp_address_parse(&sent, texts[j], 65535));
            MpStunBuilder builder = begin(buffer, sizeof buffer);
            mp_stun_add_address(&builder, types[i], &sent);
            MpStunMessage message = parse(&builder);
            g_assert_true(mp_stun_get_address(&message, types[i], &got));
            g_assert_true(mp_address_equal(&sent, &got));
            gboolean stands_in_clear = memcmp(buffer + 28, sent.bytes, 4) == 0;
            g_assert_cmpint(stands_in_clear, ==, i < 2);
        }
}

static void test_wrong_address_is_not_read(void)
{
    static const guint8 unknown_family[] = {0, 3, 0, 1, 1, 2, 3, 4};
    static const guint8 too_short[] = {0, 2, 0, 1, 1, 2, 3, 4};
    static const MpBytes values[] = {{unknown_family, sizeof unknown_family},
                                     {too_short, sizeof too_short},
                                     {too_short, 3},
                                     {too_short, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        guint8 buffer[64];
        MpStunBuilder builder = begin(buffer, sizeof buffer);
        mp_stun_add(&builder, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, values[i].data, values[i].length);
        MpStunMessage message = parse(&builder);
        MpAddress address = {.port = 99};
        g_assert_false(mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, &address));
        g_assert_cmpuint(address.port, ==, 99);
    }
}

static void test_error_codes(void)
{
    guint8 buffer[128];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_error(&builder, MP_STUN_ERROR_ALLOCATION_QUOTA_REACHED);
    MpStunMessage message = parse(&builder);
    guint code;
    MpBytes reason;
    g_assert_true(mp_stun_get_error(&message, &code, &reason));
    g_assert_cmpuint(code, ==, 486);
    g_autofree char *text = mp_stun_bytes_to_text(reason);
    g_assert_cmpstr(text, ==, "Allocation Quota Reached");

    /* RFC 8489 section 14.8: class 3 to 6, number 0 to 99. */
    static const guint8 wrong[][4] = {{0, 0, 2, 0}, {0, 0, 7, 0}, {0, 0, 4, 100}};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        builder = begin(buffer, sizeof buffer);
        mp_stun_add(&builder, MP_STUN_ATTRIBUTE_ERROR_CODE, wrong[i], 4);
        message = parse(&builder);
        g_assert_false(mp_stun_get_error(&message, &code, &reason));
    }
}

static void test_text_is_safe_to_show(void)
{
    guint8 buffer[64];
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "a\033[31m\n\xff\0b", 10);
    MpStunMessage message = parse(&builder);
    g_autofree char *text = mp_stun_dup_text(&message, MP_STUN_ATTRIBUTE_SOFTWARE);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_null(strpbrk(text, "\033\n"));
    g_assert_true(g_str_has_suffix(text, "b"));
}

static void test_unknown_attributes_are_listed(void)
{
    guint8 buffer[64];
    static const guint16 types[] = {0x0003, 0x7FFF, 0x0026};
    MpStunBuilder builder = begin(buffer, sizeof buffer);
    mp_stun_add_unknown(&builder, types, G_N_ELEMENTS(types));
    MpStunMessage message = parse(&builder);
    MpBytes value;
    g_assert_true(mp_stun_find(&message, MP_STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, &value));
    g_assert_cmpmem(value.data, value.length, "\x00\x03\x7f\xff\x00\x26", 6);
}

/* RFC 8265 section 4.2.2: other spaces become U+0020, and the text is composed (NFC). */
static void test_password_is_prepared(void)
{
    guint8 plain[MP_STUN_KEY_LENGTH];
    guint8 decomposed[MP_STUN_KEY_LENGTH];
    mp_stun_long_term_key("user", "realm", "caf\u00e9 au lait", plain);
    mp_stun_long_term_key("user", "realm", "cafe\u0301\u00a0au\u3000lait", decomposed);
    g_assert_cmpmem(plain, sizeof plain, decomposed, sizeof decomposed);
    /* md5("user:realm:pass") */
    mp_stun_long_term_key("user", "realm", "pass", plain);
    g_assert_cmpmem(plain, sizeof plain,
                    "\x84\x93\xfb\xc5\x3b\xa5\x82\xfb\x4c\x04\x4c\x45\x6b\xdc\x40\xeb", 16);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stun/class_and_method_survive", test_class_and_method_survive);
    g_test_add_func("/stun/type_bits_are_the_rfcs", test_type_bits_are_the_rfcs);
    g_test_add_func("/stun/padding_is_zero", test_padding_is_zero);
    g_test_add_func("/stun/what_does_not_fit_is_bad", test_what_does_not_fit_is_bad);
    g_test_add_func("/stun/message_of_more_than_the_length_field_is_bad",
                    test_message_of_more_than_the_length_field_is_bad);
    g_test_add_func("/stun/faults_are_named", test_faults_are_named);
    g_test_add_func("/stun/truncated_message_keeps_what_could_be_read",
                    test_truncated_message_keeps_what_could_be_read);
    g_test_add_func("/stun/integrity_is_judged_and_not_enforced",
                    test_integrity_is_judged_and_not_enforced);
    g_test_add_func("/stun/nothing_is_found_behind_the_integrity",
                    test_nothing_is_found_behind_the_integrity);
    g_test_add_func("/stun/fingerprint_must_be_last", test_fingerprint_must_be_last);
    g_test_add_func("/stun/addresses_survive", test_addresses_survive);
    g_test_add_func("/stun/wrong_address_is_not_read", test_wrong_address_is_not_read);
    g_test_add_func("/stun/error_codes", test_error_codes);
    g_test_add_func("/stun/text_is_safe_to_show", test_text_is_safe_to_show);
    g_test_add_func("/stun/unknown_attributes_are_listed", test_unknown_attributes_are_listed);
    g_test_add_func("/stun/password_is_prepared", test_password_is_prepared);
    return g_test_run();
}
