/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STUN reader on arbitrary bytes. A message that reads well is written again from what was read
 * and must read the same; the Binding answer must be a good message, whatever was asked.
 */
#include <string.h>

#include "session/stun_answer.h"
#include "wire/stun_builder.h"
#include "wire/stun_check.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const MpBytes key = {(const guint8 *)"key", 3};

static void read_everything(const MpStunMessage *message)
{
    MpStunIterator iterator = mp_stun_attributes(message);
    MpStunAttribute attribute;
    while (mp_stun_next(&iterator, &attribute)) {
        guint32 number;
        MpAddress address;
        g_assert_true(attribute.value.data >= message->bytes.data &&
                      attribute.value.data + attribute.value.length <=
                          message->bytes.data + message->bytes.length);
        mp_stun_get_u32(message, attribute.type, &number);
        mp_stun_get_address(message, attribute.type, &address);
        g_autofree char *text = mp_stun_bytes_to_text(attribute.value);
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
    guint code;
    MpBytes reason;
    if (mp_stun_get_error(message, &code, &reason))
        g_assert_true(code >= 300 && code <= 699);
    mp_stun_check_integrity(message, key);
}

static void write_again(const MpStunMessage *message)
{
    g_autofree guint8 *buffer = g_malloc(message->bytes.length);
    MpStunBuilder builder = mp_stun_builder_init(buffer, message->bytes.length, message->class,
                                                 message->method, &message->id);
    MpStunIterator iterator = mp_stun_attributes(message);
    MpStunAttribute attribute;
    while (mp_stun_next(&iterator, &attribute))
        mp_stun_add(&builder, attribute.type, attribute.value.data, attribute.value.length);
    g_assert_cmpuint(mp_stun_builder_end(&builder), ==, message->bytes.length);

    MpStunMessage again;
    g_assert_true(mp_stun_parse(&again, buffer, message->bytes.length));
    MpStunIterator left = mp_stun_attributes(message);
    MpStunIterator right = mp_stun_attributes(&again);
    MpStunAttribute copy;
    while (mp_stun_next(&left, &attribute)) {
        g_assert_true(mp_stun_next(&right, &copy));
        g_assert_cmpuint(attribute.type, ==, copy.type);
        g_assert_cmpmem(attribute.value.data, attribute.value.length, copy.value.data,
                        copy.value.length);
    }
}

static void answer(const guint8 *data, gsize size)
{
    guint8 out[128];
    MpAddress from;
    MpStunMessage answered;
    g_assert_true(mp_address_parse(&from, "2001:db8::1", 4000));
    gsize length = mp_stun_answer_binding(data, size, &from, out, sizeof out);
    if (length > 0)
        g_assert_true(mp_stun_parse(&answered, out, length));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    MpStunMessage message;
    gboolean is_good = mp_stun_parse(&message, data, size);
    read_everything(&message);
    if (is_good)
        write_again(&message);
    answer(data, size);
    return 0;
}
