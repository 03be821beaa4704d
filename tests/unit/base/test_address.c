/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses and ranges as text and as values.
 */
#include "base/address.h"

static void test_text_goes_both_ways(void)
{
    static const char *const texts[] = {"192.0.2.1:3478", "[2001:db8::1]:443", "0.0.0.0:0"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        MpAddress address;
        g_assert_true(mp_address_parse_with_port(&address, texts[i]));
        g_autofree char *text = mp_address_to_string(&address);
        g_assert_cmpstr(text, ==, texts[i]);
    }
}

static void test_what_is_no_address_is_refused(void)
{
    static const char *const texts[] = {
        "",
        ":1",
        "192.0.2.1",
        "192.0.2.256:1",
        "192.0.2.1:65536",
        "192.0.2.1:",
        "192.0.2.1:x",
        "2001:db8::1:443",
        "[192.0.2.1]:443",
        "[2001:db8::1]",
        "[]:1",
        "example.com:443",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        MpAddress address;
        g_assert_false(mp_address_parse_with_port(&address, texts[i]));
    }
}

static void test_socket_addresses_go_both_ways(void)
{
    static const char *const texts[] = {"192.0.2.1:3478", "[2001:db8::1]:443"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        MpAddress address;
        MpAddress again;
        struct sockaddr_storage storage;
        g_assert_true(mp_address_parse_with_port(&address, texts[i]));
        mp_address_to_sockaddr(&address, &storage);
        g_assert_true(mp_address_from_sockaddr(&again, (struct sockaddr *)&storage));
        g_assert_true(mp_address_equal(&address, &again));
    }
}

static void test_a_range_holds_its_addresses_only(void)
{
    static const struct {
        const char *range;
        const char *address;
        gboolean is_inside;
    } rows[] = {
        {"168.100.64.0/18", "168.100.64.0", TRUE},   {"168.100.64.0/18", "168.100.127.255", TRUE},
        {"168.100.64.0/18", "168.100.128.0", FALSE}, {"168.100.64.0/18", "168.100.63.255", FALSE},
        {"216.147.0.0/18", "216.147.63.255", TRUE},  {"216.147.0.0/18", "216.147.64.0", FALSE},
        {"0.0.0.0/0", "255.255.255.255", TRUE},      {"0.0.0.0/0", "::1", FALSE},
        {"2001:db8::/32", "2001:db8:ffff::1", TRUE}, {"192.0.2.1/32", "192.0.2.2", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        MpCidr cidr;
        MpAddress address;
        g_assert_true(mp_cidr_parse(&cidr, rows[i].range));
        g_assert_true(mp_address_parse(&address, rows[i].address, 0));
        g_assert_cmpint(mp_cidr_contains(&cidr, &address), ==, rows[i].is_inside);
    }
}

static void test_a_wrong_range_is_refused(void)
{
    static const char *const texts[] = {"192.0.2.0", "192.0.2.0/33",   "192.0.2.1/24",
                                        "x/8",       "2001:db8::/129", "192.0.2.0/"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        MpCidr cidr;
        g_assert_false(mp_cidr_parse(&cidr, texts[i]));
    }
}

/* 100.64.0.0/10 and 169.254.0.0/16 are not public, whatever other testers say. */
static void test_private_addresses_are_known(void)
{
    static const struct {
        const char *address;
        gboolean is_private;
    } rows[] = {{"10.0.0.1", TRUE},      {"100.64.0.1", TRUE},  {"169.254.1.1", TRUE},
                {"172.31.0.1", TRUE},    {"172.32.0.1", FALSE}, {"192.168.1.1", TRUE},
                {"168.100.64.1", FALSE}, {"fd00::1", TRUE},     {"fe80::1", TRUE},
                {"2001:db8::1", FALSE},  {"::1", TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        MpAddress address;
        g_assert_true(mp_address_parse(&address, rows[i].address, 0));
        g_assert_cmpint(mp_address_is_private(&address), ==, rows[i].is_private);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address/text", test_text_goes_both_ways);
    g_test_add_func("/address/no-address", test_what_is_no_address_is_refused);
    g_test_add_func("/address/sockaddr", test_socket_addresses_go_both_ways);
    g_test_add_func("/address/range", test_a_range_holds_its_addresses_only);
    g_test_add_func("/address/wrong-range", test_a_wrong_range_is_refused);
    g_test_add_func("/address/private", test_private_addresses_are_known);
    return g_test_run();
}
