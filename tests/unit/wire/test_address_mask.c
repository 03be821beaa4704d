/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pseudonyms of addresses, and where messages tell addresses.
 */
#include "wire/address_mask.h"
#include "wire/stun_builder.h"
#include "wire/turn.h"

static MpAddressMask *make_mask(void)
{
    MpCidr kept;
    g_assert_true(mp_cidr_parse(&kept, "168.100.64.0/18"));
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    g_array_append_val(list, kept);
    return mp_address_mask_new(list);
}

static void expect(MpAddressMask *mask, const char *real, const char *shown)
{
    const MpAddress address = mp_address_literal(real, 4000);
    const MpAddress masked = mp_address_mask_apply(mask, &address);
    g_autofree char *text = mp_address_to_ip_string(&masked);
    g_assert_cmpstr(text, ==, shown);
    g_assert_cmpuint(masked.port, ==, 4000);
}

static void test_the_same_for_the_same(void)
{
    g_autoptr(MpAddressMask) mask = make_mask();
    expect(mask, "10.1.2.3", "198.18.0.1");
    expect(mask, "203.0.113.9", "198.18.0.2");
    expect(mask, "10.1.2.3", "198.18.0.1");
    expect(mask, "2001:db8:1::9", "2001:db8::1");
    expect(mask, "168.100.64.10", "168.100.64.10");
    expect(mask, "127.0.0.1", "127.0.0.1");
    expect(mask, "0.0.0.0", "0.0.0.0");
}

static void test_many_do_not_meet(void)
{
    g_autoptr(MpAddressMask) mask = make_mask();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < 70000; i++) {
        const MpAddress real = {.family = MP_FAMILY_IPV4,
                                .bytes = {11, (guint8)(i >> 16), (guint8)(i >> 8), (guint8)i}};
        const MpAddress masked = mp_address_mask_apply(mask, &real);
        g_assert_true(g_hash_table_add(seen, mp_address_to_ip_string(&masked)));
    }
}

/* A Data indication in ChannelData form is unusual, a check inside of a Data indication is not. */
static gsize make_message(guint8 *out, gsize capacity, const MpAddress *mapped)
{
    static const MpStunId id = {{3}};
    guint8 inner[128];
    MpStunBuilder check = mp_stun_builder_init(inner, sizeof inner, MP_STUN_SUCCESS,
                                               MP_STUN_METHOD_BINDING, &id);
    mp_stun_add_address(&check, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, mapped);
    const gsize inner_length = mp_stun_builder_end(&check);
    MpStunBuilder data = mp_stun_builder_init(out, capacity, MP_STUN_INDICATION,
                                              MP_STUN_METHOD_DATA, &id);
    mp_stun_add_address(&data, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, mapped);
    mp_stun_add(&data, MP_STUN_ATTRIBUTE_DATA, inner, inner_length);
    return mp_stun_builder_end(&data);
}

static void expect_told(const guint8 *bytes, gsize length, guint type, const char *shown)
{
    MpStunMessage message;
    MpAddress address;
    g_assert_true(mp_stun_parse(&message, bytes, length));
    g_assert_true(mp_stun_get_address(&message, type, &address));
    g_autofree char *text = mp_address_to_ip_string(&address);
    g_assert_cmpstr(text, ==, shown);
}

static void expect_masked_message(const char *real, const char *shown)
{
    g_autoptr(MpAddressMask) mask = make_mask();
    guint8 bytes[256];
    const MpAddress mapped = mp_address_literal(real, 5000);
    const gsize length = make_message(bytes, sizeof bytes, &mapped);
    g_assert_true(mp_address_mask_message(mask, bytes, length));
    expect_told(bytes, length, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, shown);
    MpStunMessage message;
    MpBytes inner;
    g_assert_true(mp_stun_parse(&message, bytes, length));
    g_assert_true(mp_stun_find(&message, MP_STUN_ATTRIBUTE_DATA, &inner));
    expect_told(inner.data, inner.length, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, shown);
}

static void test_messages_tell_pseudonyms(void)
{
    expect_masked_message("192.168.0.7", "198.18.0.1");
    expect_masked_message("2001:db8:5::7", "2001:db8::1");
}

static void test_channel_data_is_looked_into(void)
{
    g_autoptr(MpAddressMask) mask = make_mask();
    guint8 inner[256];
    guint8 bytes[300];
    const MpAddress mapped = mp_address_literal("192.168.0.7", 5000);
    const MpBytes payload = {inner, make_message(inner, sizeof inner, &mapped)};
    const gsize length = mp_turn_write_channel_data(bytes, sizeof bytes, 0x4001, payload, FALSE);
    g_assert_true(mp_address_mask_message(mask, bytes, length));
    expect_told(bytes + MP_TURN_CHANNEL_HEADER_LENGTH, length - MP_TURN_CHANNEL_HEADER_LENGTH,
                MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, "198.18.0.1");
}

static void test_other_payloads_stay(void)
{
    g_autoptr(MpAddressMask) mask = make_mask();
    guint8 bytes[] = {0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3};
    g_assert_false(mp_address_mask_message(mask, bytes, sizeof bytes));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address_mask/the_same_for_the_same", test_the_same_for_the_same);
    g_test_add_func("/address_mask/many_do_not_meet", test_many_do_not_meet);
    g_test_add_func("/address_mask/messages_tell_pseudonyms", test_messages_tell_pseudonyms);
    g_test_add_func("/address_mask/channel_data_is_looked_into", test_channel_data_is_looked_into);
    g_test_add_func("/address_mask/other_payloads_stay", test_other_payloads_stay);
    return g_test_run();
}
