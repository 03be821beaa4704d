/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The prefix of NAT64 at each of the lengths of RFC 6052.
 */
#include "net/nat64.h"

static MpAddress address_of(const char *text)
{
    MpAddress address;
    g_assert_true(mp_address_parse(&address, text, 3478));
    return address;
}

/* The table of RFC 6052 section 2.4, with the addresses of RFC 7050 in place of 192.0.2.33. */
static const struct {
    const char *well_known;
    guint length;
    const char *translated; /* 192.0.2.33 */
} cases[] = {
    {"2001:db8:c000:aa::", 32, "2001:db8:c000:221::"},
    {"2001:db8:1c0:0:aa::", 40, "2001:db8:1c0:2:21::"},
    {"2001:db8:122:c000:0:aa00::", 48, "2001:db8:122:c000:2:2100::"},
    {"2001:db8:122:3c0:0:aa::", 56, "2001:db8:122:3c0:0:221::"},
    {"2001:db8:122:344:c0:0:aa00::", 64, "2001:db8:122:344:c0:2:2100::"},
    {"64:ff9b::192.0.0.171", 96, "64:ff9b::192.0.2.33"},
};

static void test_every_length_is_found_and_used(void)
{
    const MpAddress ipv4 = address_of("192.0.2.33");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        MpNat64Prefix prefix;
        const MpAddress well_known = address_of(cases[i].well_known);
        const MpAddress expected = address_of(cases[i].translated);
        g_assert_true(mp_nat64_prefix_of(&well_known, &prefix));
        g_assert_cmpuint(prefix.length, ==, cases[i].length);
        const MpAddress translated = mp_nat64_embed(&prefix, &ipv4);
        g_assert_true(mp_address_equal(&translated, &expected));
    }
}

static void test_what_holds_no_well_known_address_is_no_prefix(void)
{
    static const char *const others[] = {"2001:db8::1", "64:ff9b::192.0.0.172", "192.0.0.170"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        MpNat64Prefix prefix;
        const MpAddress other = address_of(others[i]);
        g_assert_false(mp_nat64_prefix_of(&other, &prefix));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/nat64/lengths", test_every_length_is_found_and_used);
    g_test_add_func("/net/nat64/others", test_what_holds_no_well_known_address_is_no_prefix);
    return g_test_run();
}
