/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The test vectors of RFC 5769, read and written again byte by byte.
 */
#include <glib.h>
#include <string.h>

#include "wire/stun_builder.h"
#include "wire/stun_check.h"

#define SHORT_TERM_PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"

/* Section 2.1. */
static const guint8 request[] = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73,
    0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09,
    0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14,
    0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49,
    0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf,
};

/* Section 2.2. */
static const guint8 ipv4_response[] = {
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
    0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
    0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96,
};

/* Section 2.3. */
static const guint8 ipv6_response[] = {
    0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa,
    0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14,
    0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9, 0x7c, 0x82, 0x92, 0xc2, 0x75,
    0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb, 0x0b, 0x4c,
};

/* Section 2.4. */
static const guint8 long_term_request[] = {
    0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72,
    0xc0, 0x29, 0xda, 0x41, 0x2e, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83, 0x9e, 0xe3, 0x83, 0x88,
    0xe3, 0x83, 0xaa, 0xe3, 0x83, 0x83, 0xe3, 0x82, 0xaf, 0xe3, 0x82, 0xb9, 0x00, 0x00, 0x00,
    0x15, 0x00, 0x1c, 0x66, 0x2f, 0x2f, 0x34, 0x39, 0x39, 0x6b, 0x39, 0x35, 0x34, 0x64, 0x36,
    0x4f, 0x4c, 0x33, 0x34, 0x6f, 0x4c, 0x39, 0x46, 0x53, 0x54, 0x76, 0x79, 0x36, 0x34, 0x73,
    0x41, 0x00, 0x14, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x6f, 0x72,
    0x67, 0x00, 0x00, 0x08, 0x00, 0x14, 0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6, 0x4a, 0x3e, 0x02,
    0xb8, 0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8, 0x96, 0x66,
};

static const MpBytes short_term_key = {(const guint8 *)SHORT_TERM_PASSWORD,
                                       sizeof SHORT_TERM_PASSWORD - 1};

static void assert_text(const MpStunMessage *message, guint type, const char *expected)
{
    g_autofree char *text = mp_stun_dup_text(message, type);
    g_assert_cmpstr(text, ==, expected);
}

static void parse(MpStunMessage *message, const guint8 *bytes, gsize length, MpStunClass class)
{
    g_assert_true(mp_stun_parse(message, bytes, length));
    g_assert_cmpint(message->class, ==, class);
    g_assert_cmpuint(message->method, ==, MP_STUN_METHOD_BINDING);
    g_assert_cmpmem(message->id.bytes, MP_STUN_ID_LENGTH, bytes + 8, MP_STUN_ID_LENGTH);
}

static void test_request_is_read(void)
{
    MpStunMessage message;
    parse(&message, request, sizeof request, MP_STUN_REQUEST);
    g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_MATCHES);
    g_assert_cmpint(mp_stun_check_integrity(&message, short_term_key), ==, MP_STUN_CHECK_MATCHES);
    assert_text(&message, MP_STUN_ATTRIBUTE_SOFTWARE, "STUN test client");
    assert_text(&message, MP_STUN_ATTRIBUTE_USERNAME, "evtj:h6vY");
    guint32 priority;
    g_assert_true(mp_stun_get_u32(&message, MP_STUN_ATTRIBUTE_PRIORITY, &priority));
    g_assert_cmphex(priority, ==, 0x6e0001ff);
    MpBytes tie_breaker;
    g_assert_true(mp_stun_find(&message, MP_STUN_ATTRIBUTE_ICE_CONTROLLED, &tie_breaker));
    g_assert_cmpmem(tie_breaker.data, tie_breaker.length, request + 52, 8);
}

static void check_response(const guint8 *bytes, gsize length, const char *mapped)
{
    MpStunMessage message;
    parse(&message, bytes, length, MP_STUN_SUCCESS);
    g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_MATCHES);
    g_assert_cmpint(mp_stun_check_integrity(&message, short_term_key), ==, MP_STUN_CHECK_MATCHES);
    assert_text(&message, MP_STUN_ATTRIBUTE_SOFTWARE, "test vector");
    MpAddress address;
    g_assert_true(mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &address));
    g_autofree char *text = mp_address_to_string(&address);
    g_assert_cmpstr(text, ==, mapped);
}

static void test_ipv4_response_is_read(void)
{
    check_response(ipv4_response, sizeof ipv4_response, "192.0.2.1:32853");
}

static void test_ipv6_response_is_read(void)
{
    check_response(ipv6_response, sizeof ipv6_response,
                   "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

static void test_long_term_request_is_read(void)
{
    MpStunMessage message;
    parse(&message, long_term_request, sizeof long_term_request, MP_STUN_REQUEST);
    assert_text(&message, MP_STUN_ATTRIBUTE_USERNAME, "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9");
    assert_text(&message, MP_STUN_ATTRIBUTE_NONCE, "f//499k954d6OL34oL9FSTvy64sA");
    assert_text(&message, MP_STUN_ATTRIBUTE_REALM, "example.org");
    g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_ABSENT);

    guint8 key[MP_STUN_KEY_LENGTH];
    mp_stun_long_term_key("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "example.org", "TheMatrIX", key);
    MpBytes lent = {key, sizeof key};
    g_assert_cmpint(mp_stun_check_integrity(&message, lent), ==, MP_STUN_CHECK_MATCHES);
}

/* The vectors of sections 2.1 to 2.3 are padded with spaces; ours is zeros, as RFC 8489 has it. So
 * that the checks can be compared, the padding is put in by hand. */
static void pad_with_spaces(MpStunBuilder *builder, gsize count)
{
    memset(builder->writer.data + builder->writer.position - count, ' ', count);
}

static MpStunBuilder begin_like(const guint8 *vector, guint8 *buffer, gsize capacity,
                                MpStunClass class)
{
    MpStunId id;
    memcpy(id.bytes, vector + 8, sizeof id.bytes);
    return mp_stun_builder_init(buffer, capacity, class, MP_STUN_METHOD_BINDING, &id);
}

static void test_request_is_written(void)
{
    guint8 buffer[sizeof request];
    MpStunBuilder builder = begin_like(request, buffer, sizeof buffer, MP_STUN_REQUEST);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "STUN test client");
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_PRIORITY, 0x6e0001ff);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_ICE_CONTROLLED, request + 52, 8);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_USERNAME, "evtj:h6vY");
    pad_with_spaces(&builder, 3);
    mp_stun_add_integrity(&builder, short_term_key);
    mp_stun_add_fingerprint(&builder);
    g_assert_cmpmem(buffer, mp_stun_builder_end(&builder), request, sizeof request);
}

static void write_response(const guint8 *vector, gsize length, const char *mapped)
{
    guint8 buffer[128];
    MpAddress address;
    g_assert_true(mp_address_parse(&address, mapped, 32853));
    MpStunBuilder builder = begin_like(vector, buffer, sizeof buffer, MP_STUN_SUCCESS);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "test vector");
    pad_with_spaces(&builder, 1);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &address);
    mp_stun_add_integrity(&builder, short_term_key);
    mp_stun_add_fingerprint(&builder);
    g_assert_cmpmem(buffer, mp_stun_builder_end(&builder), vector, length);
}

static void test_ipv4_response_is_written(void)
{
    write_response(ipv4_response, sizeof ipv4_response, "192.0.2.1");
}

static void test_ipv6_response_is_written(void)
{
    write_response(ipv6_response, sizeof ipv6_response, "2001:db8:1234:5678:11:2233:4455:6677");
}

static void test_long_term_request_is_written(void)
{
    guint8 buffer[sizeof long_term_request];
    guint8 key[MP_STUN_KEY_LENGTH];
    const char *user = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";
    mp_stun_long_term_key(user, "example.org", "TheMatrIX", key);
    MpStunBuilder builder = begin_like(long_term_request, buffer, sizeof buffer, MP_STUN_REQUEST);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_USERNAME, user);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_NONCE, "f//499k954d6OL34oL9FSTvy64sA");
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_REALM, "example.org");
    mp_stun_add_integrity(&builder, (MpBytes){key, sizeof key});
    g_assert_cmpmem(buffer, mp_stun_builder_end(&builder), long_term_request,
                    sizeof long_term_request);
}

static void test_every_single_changed_byte_is_noticed(void)
{
    for (gsize i = 0; i < sizeof request; i++) {
        guint8 changed[sizeof request];
        memcpy(changed, request, sizeof request);
        changed[i] ^= 0x04;
        MpStunMessage message;
        gboolean is_good = mp_stun_parse(&message, changed, sizeof changed);
        g_assert_false(is_good && message.fingerprint == MP_STUN_CHECK_MATCHES);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rfc5769/2.1/read", test_request_is_read);
    g_test_add_func("/rfc5769/2.2/read", test_ipv4_response_is_read);
    g_test_add_func("/rfc5769/2.3/read", test_ipv6_response_is_read);
    g_test_add_func("/rfc5769/2.4/read", test_long_term_request_is_read);
    g_test_add_func("/rfc5769/2.1/written", test_request_is_written);
    g_test_add_func("/rfc5769/2.2/written", test_ipv4_response_is_written);
    g_test_add_func("/rfc5769/2.3/written", test_ipv6_response_is_written);
    g_test_add_func("/rfc5769/2.4/written", test_long_term_request_is_written);
    g_test_add_func("/rfc5769/2.1/changed", test_every_single_changed_byte_is_noticed);
    return g_test_run();
}
