/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prefixes joined.
 */
#include "base/cidr_join.h"

static char *joined(const char *list)
{
    g_autoptr(GArray) cidrs = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    g_auto(GStrv) texts = g_strsplit(list, " ", -1);
    for (guint i = 0; texts[i] && *texts[i]; i++) {
        MpCidr cidr;
        g_assert_true(mp_cidr_parse(&cidr, texts[i]));
        g_array_append_val(cidrs, cidr);
    }
    mp_cidr_join(cidrs);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < cidrs->len; i++) {
        g_autofree char *one = mp_cidr_to_string(&g_array_index(cidrs, MpCidr, i));
        g_string_append_printf(text, "%s%s", i ? " " : "", one);
    }
    return g_string_free(text, FALSE);
}

static void prefixes_join_as_far_as_they_go(void)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"168.100.65.0/24", "168.100.65.0/24"},
        {"168.100.65.0/24 168.100.64.0/24", "168.100.64.0/23"},
        /* neighbours, but no halves of one */
        {"168.100.65.0/24 168.100.66.0/24", "168.100.65.0/24 168.100.66.0/24"},
        {"10.0.3.0/24 10.0.1.0/24 10.0.2.0/24 10.0.0.0/24", "10.0.0.0/22"},
        {"10.0.0.0/24 10.0.1.0/24 10.0.2.0/23 10.0.4.0/24", "10.0.0.0/22 10.0.4.0/24"},
        {"2001:db8:1::/48 2001:db8::/48 10.0.0.0/24", "10.0.0.0/24 2001:db8::/47"},
        {"0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0"},
        /* given twice, and one in another */
        {"168.100.64.0/24 168.100.64.0/24", "168.100.64.0/24"},
        {"168.100.65.0/24 168.100.64.0/18 168.100.64.0/24", "168.100.64.0/18"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = joined(cases[i][0]);
        g_assert_cmpstr(text, ==, cases[i][1]);
    }
}

/* All 64 parts of a range in any order are the range. */
static void a_whole_range_comes_back(void)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < 64; i++)
        g_string_append_printf(list, "%s216.147.%u.0/24", i ? " " : "", i * 37 % 64);
    g_autofree char *text = joined(list->str);
    g_assert_cmpstr(text, ==, "216.147.0.0/18");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cidr-join/cases", prefixes_join_as_far_as_they_go);
    g_test_add_func("/cidr-join/range", a_whole_range_comes_back);
    return g_test_run();
}
