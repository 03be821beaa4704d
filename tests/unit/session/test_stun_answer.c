/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a plain STUN server answers, RFC 8489 section 6.3.1.
 */
#include <glib.h>
#include <string.h>

#include "session/stun_answer.h"
#include "wire/stun_builder.h"

static const MpStunId id = {{9, 8, 7}};

static MpStunBuilder begin(guint8 *buffer, gsize capacity, MpStunClass class, guint method)
{
    return mp_stun_builder_init(buffer, capacity, class, method, &id);
}

static gsize answer(const MpStunBuilder *request, const char *from, guint8 *out, gsize capacity)
{
    MpAddress address;
    g_assert_true(mp_address_parse_with_port(&address, from));
    return mp_stun_answer_binding(request->writer.data, mp_stun_builder_end(request), &address, out,
                                  capacity);
}

static void test_binding_is_answered_with_the_senders_address(void)
{
    static const char *const senders[] = {"192.0.2.9:4321", "[2001:db8::9]:4321"};
    for (gsize i = 0; i < G_N_ELEMENTS(senders); i++) {
        guint8 request[64];
        guint8 out[128];
        MpStunBuilder builder = begin(request, sizeof request, MP_STUN_REQUEST,
                                      MP_STUN_METHOD_BINDING);
        gsize length = answer(&builder, senders[i], out, sizeof out);
        MpStunMessage message;
        g_assert_true(mp_stun_parse(&message, out, length));
        g_assert_cmpint(message.class, ==, MP_STUN_SUCCESS);
        g_assert_cmpmem(message.id.bytes, sizeof message.id.bytes, id.bytes, sizeof id.bytes);
        g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_ABSENT);
        MpAddress mapped;
        g_assert_true(mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &mapped));
        g_autofree char *text = mp_address_to_string(&mapped);
        g_assert_cmpstr(text, ==, senders[i]);
        g_autofree char *software = mp_stun_dup_text(&message, MP_STUN_ATTRIBUTE_SOFTWARE);
        g_assert_cmpstr(software, ==, "mediapath");
    }
}

static void test_fingerprint_is_answered_with_a_fingerprint(void)
{
    guint8 request[64];
    guint8 out[128];
    MpStunBuilder builder = begin(request, sizeof request, MP_STUN_REQUEST, MP_STUN_METHOD_BINDING);
    mp_stun_add_fingerprint(&builder);
    gsize length = answer(&builder, "192.0.2.9:1", out, sizeof out);
    MpStunMessage message;
    g_assert_true(mp_stun_parse(&message, out, length));
    g_assert_cmpint(message.fingerprint, ==, MP_STUN_CHECK_MATCHES);
}

static void test_unknown_required_attribute_is_answered_with_420(void)
{
    guint8 request[64];
    guint8 out[128];
    MpStunBuilder builder = begin(request, sizeof request, MP_STUN_REQUEST, MP_STUN_METHOD_BINDING);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_CHANGE_REQUEST, 6);
    mp_stun_add_u32(&builder, 0x8FFF, 1); /* optional: ignored */
    gsize length = answer(&builder, "192.0.2.9:1", out, sizeof out);
    MpStunMessage message;
    g_assert_true(mp_stun_parse(&message, out, length));
    guint code;
    MpBytes reason;
    MpBytes unknown;
    g_assert_cmpint(message.class, ==, MP_STUN_ERROR);
    g_assert_true(mp_stun_get_error(&message, &code, &reason));
    g_assert_cmpuint(code, ==, 420);
    g_assert_true(mp_stun_find(&message, MP_STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, &unknown));
    g_assert_cmpmem(unknown.data, unknown.length, "\x00\x03", 2);
}

static void test_everything_else_stays_unanswered(void)
{
    static const struct {
        MpStunClass class;
        guint method;
    } others[] = {{MP_STUN_INDICATION, MP_STUN_METHOD_BINDING},
                  {MP_STUN_SUCCESS, MP_STUN_METHOD_BINDING},
                  {MP_STUN_ERROR, MP_STUN_METHOD_BINDING},
                  {MP_STUN_REQUEST, MP_STUN_METHOD_ALLOCATE}};
    guint8 request[64];
    guint8 out[128];
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        MpStunBuilder builder = begin(request, sizeof request, others[i].class, others[i].method);
        g_assert_cmpuint(answer(&builder, "192.0.2.9:1", out, sizeof out), ==, 0);
    }
    MpStunBuilder builder = begin(request, sizeof request, MP_STUN_REQUEST, MP_STUN_METHOD_BINDING);
    mp_stun_add_fingerprint(&builder);
    request[27] ^= 1;
    g_assert_cmpuint(answer(&builder, "192.0.2.9:1", out, sizeof out), ==, 0);
}

static void test_no_byte_is_written_past_the_capacity(void)
{
    guint8 request[64];
    guint8 out[128];
    MpStunBuilder builder = begin(request, sizeof request, MP_STUN_REQUEST, MP_STUN_METHOD_BINDING);
    mp_stun_add_fingerprint(&builder);
    gsize needed = answer(&builder, "[2001:db8::9]:1", out, sizeof out);
    g_assert_cmpuint(needed, >, 0);
    for (gsize capacity = 0; capacity < needed; capacity++) {
        memset(out, 0xAA, sizeof out);
        g_assert_cmpuint(answer(&builder, "[2001:db8::9]:1", out, capacity), ==, 0);
        g_assert_cmphex(out[capacity], ==, 0xAA);
    }
}

/* RFC 8489 section 6.3: an answer longer than its request would make the server an amplifier worth
 * abusing; 420 with the longest list still fits the promised 128 bytes. */
static void test_longest_answer_fits_128_bytes(void)
{
    guint8 request[512];
    guint8 out[128];
    MpStunBuilder builder = begin(request, sizeof request, MP_STUN_REQUEST, MP_STUN_METHOD_BINDING);
    for (guint type = 0x0100; type < 0x0120; type++)
        mp_stun_add(&builder, type, NULL, 0);
    mp_stun_add_fingerprint(&builder);
    g_assert_cmpuint(answer(&builder, "[2001:db8::9]:1", out, sizeof out), >, 0);
}

/* RFC 3489: 16 bytes of transaction id where the cookie is now, and MAPPED-ADDRESS in the clear. */
static void test_a_client_without_cookie_gets_the_mapped_address(void)
{
    guint8 request[20] = {0x00, 0x01, 0x00, 0x00};
    for (guint8 i = 4; i < 20; i++)
        request[i] = i;
    MpAddress from;
    g_assert_true(mp_address_parse(&from, "192.0.2.7", 4660));
    guint8 answer[64];
    gsize length = mp_stun_answer_binding(request, sizeof request, &from, answer, sizeof answer);
    static const guint8 expected[] = {0x01, 0x01, 0x00, 0x0c, 4,    5,    6,   7,  8,  9, 10,
                                      11,   12,   13,   14,   15,   16,   17,  18, 19, 0, 1,
                                      0,    8,    0,    1,    0x12, 0x34, 192, 0,  2,  7};
    g_assert_cmpmem(answer, length, expected, sizeof expected);
    g_assert_cmpuint(mp_stun_answer_binding(request, 19, &from, answer, sizeof answer), ==, 0);
    /* RFC 3489 knows IPv4 only. */
    g_assert_true(mp_address_parse(&from, "2001:db8::7", 4660));
    g_assert_cmpuint(mp_stun_answer_binding(request, sizeof request, &from, answer, sizeof answer),
                     ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stun_answer/binding_is_answered_with_the_senders_address",
                    test_binding_is_answered_with_the_senders_address);
    g_test_add_func("/stun_answer/fingerprint_is_answered_with_a_fingerprint",
                    test_fingerprint_is_answered_with_a_fingerprint);
    g_test_add_func("/stun_answer/unknown_required_attribute_is_answered_with_420",
                    test_unknown_required_attribute_is_answered_with_420);
    g_test_add_func("/stun_answer/everything_else_stays_unanswered",
                    test_everything_else_stays_unanswered);
    g_test_add_func("/stun_answer/no_byte_is_written_past_the_capacity",
                    test_no_byte_is_written_past_the_capacity);
    g_test_add_func("/stun_answer/longest_answer_fits_128_bytes",
                    test_longest_answer_fits_128_bytes);
    g_test_add_func("/stun-answer/classic", test_a_client_without_cookie_gets_the_mapped_address);
    return g_test_run();
}
