/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which addresses of large ranges are asked.
 */
#include "model/address_plan.h"

static MpCidr cidr(const char *text)
{
    MpCidr cidr;
    g_assert_true(mp_cidr_parse(&cidr, text));
    return cidr;
}

static const MpAddressSample *at(const GArray *plan, guint index)
{
    return &g_array_index(plan, MpAddressSample, index);
}

static void every_24_of_both_ranges_is_asked_once(void)
{
    const MpCidr ranges[] = {cidr("168.100.64.0/18"), cidr("216.147.0.0/18")};
    g_autoptr(GArray) plan = mp_address_plan(ranges, 2, 1024, 7);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_assert_cmpuint(plan->len, ==, 128);
    for (guint i = 0; i < plan->len; i++) {
        const MpAddressSample *sample = at(plan, i);
        g_assert_cmpuint(sample->stratum.prefix_length, ==, 24);
        g_assert_true(mp_cidr_contains(&sample->stratum, &sample->address));
        g_assert_true(mp_cidr_contains(&ranges[i % 2], &sample->address));
        g_assert_cmpuint(sample->address.bytes[3], >, 0);
        g_assert_cmpuint(sample->address.bytes[3], <, 255);
        g_assert_true(g_hash_table_add(seen, mp_address_to_ip_string(&sample->stratum.base)));
    }
}

/* A plan that is cut off after eight has asked each eighth of a range. */
static void the_beginning_is_spread(void)
{
    const MpCidr range = cidr("168.100.64.0/18");
    g_autoptr(GArray) plan = mp_address_plan(&range, 1, 1024, 7);
    guint eighths = 0;
    for (guint i = 0; i < 8; i++)
        eighths |= 1U << ((at(plan, i)->address.bytes[2] - 64) / 8);
    g_assert_cmpuint(eighths, ==, 0xff);
}

static void too_many_strata_grow(void)
{
    const MpCidr ranges[] = {cidr("10.0.0.0/8"), cidr("192.0.2.16/28")};
    g_autoptr(GArray) plan = mp_address_plan(ranges, 2, 100, 7);
    g_assert_cmpuint(plan->len, ==, 65);
    g_assert_cmpuint(at(plan, 0)->stratum.prefix_length, ==, 14);
    g_assert_cmpuint(at(plan, 1)->stratum.prefix_length, ==, 28);
    g_assert_true(mp_cidr_contains(&ranges[1], &at(plan, 1)->address));
}

static void ipv6_has_256_strata_and_one_address_one(void)
{
    const MpCidr ranges[] = {cidr("2001:db8::/32"), cidr("2001:db8:ffff::1/128")};
    g_autoptr(GArray) plan = mp_address_plan(ranges, 2, 1024, 7);
    g_assert_cmpuint(plan->len, ==, 257);
    for (guint i = 0; i < plan->len; i++)
        g_assert_true(mp_cidr_contains(&at(plan, i)->stratum, &at(plan, i)->address));
    g_assert_true(mp_address_equal_ip(&at(plan, 1)->address, &ranges[1].base));
}

static void one_seed_is_one_plan(void)
{
    const MpCidr range = cidr("168.100.64.0/18");
    g_autoptr(GArray) plan = mp_address_plan(&range, 1, 1024, 7);
    g_autoptr(GArray) same = mp_address_plan(&range, 1, 1024, 7);
    g_autoptr(GArray) other = mp_address_plan(&range, 1, 1024, 8);
    guint n_other = 0;
    for (guint i = 0; i < plan->len; i++) {
        g_assert_true(mp_address_equal(&at(plan, i)->address, &at(same, i)->address));
        n_other += !mp_address_equal(&at(plan, i)->address, &at(other, i)->address);
    }
    g_assert_cmpuint(n_other, >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address-plan/all", every_24_of_both_ranges_is_asked_once);
    g_test_add_func("/address-plan/spread", the_beginning_is_spread);
    g_test_add_func("/address-plan/most", too_many_strata_grow);
    g_test_add_func("/address-plan/ipv6", ipv6_has_256_strata_and_one_address_one);
    g_test_add_func("/address-plan/seed", one_seed_is_one_plan);
    return g_test_run();
}
