/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Columns of a terminal, with characters that take two.
 */
#include "report/layout.h"
#include "report/table.h"

static void assert_wrapped(const char *text, guint indent, guint columns, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    mp_layout_wrap(out, text, indent, columns);
    g_assert_cmpstr(out->str, ==, expected);
}

static void test_width(void)
{
    g_assert_cmpuint(mp_layout_width("TURN"), ==, 4);
    g_assert_cmpuint(mp_layout_width("遅延 ms"), ==, 7);
    g_assert_cmpuint(mp_layout_width("e\xcc\x81"), ==, 1); /* combining acute accent */
}

static void test_latin_breaks_at_spaces(void)
{
    assert_wrapped("one two three", 0, 8, "one two\nthree\n");
    assert_wrapped("one two three", 2, 10, "one two\n  three\n");
    assert_wrapped("unbreakable word", 0, 4, "unbreakable\nword\n");
}

static void test_japanese_breaks_between_characters(void)
{
    assert_wrapped("遅延が大きい", 0, 8, "遅延が大\nきい\n");
    assert_wrapped("TURNサーバー", 0, 6, "TURN\nサー\nバー\n");
}

static void test_closing_marks_do_not_start_a_line(void)
{
    assert_wrapped("遅延が大。次", 0, 8, "遅延が\n大。次\n");
    assert_wrapped("遅延「大きい」", 0, 6, "遅延\n「大き\nい」\n");
}

static void test_table_aligns_wide_text(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MpTable) table = mp_table_new("lrl");
    const char *const cells[] = {"経路", "RTT", "x", "UDP", "12.5 ms", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
        mp_table_add(table, MP_STYLE_BOLD, cells[i]);
    g_assert_cmpuint(mp_table_width(table), ==, 4 + 2 + 7 + 2 + 1);
    mp_table_print(table, out, 1, 80, FALSE);
    g_assert_cmpstr(out->str, ==, " 経路      RTT  x\n UDP   12.5 ms\n");
}

static void test_table_breaks_its_last_column(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MpTable) table = mp_table_new("ll");
    mp_table_add(table, MP_STYLE_PLAIN, "video");
    mp_table_add(table, MP_STYLE_PLAIN, "limited by packet loss");
    mp_table_print(table, out, 1, 24, FALSE);
    g_assert_cmpstr(out->str, ==, " video  limited by\n        packet loss\n");
}

static void test_color_takes_no_columns(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MpTable) table = mp_table_new("ll");
    const char *const cells[] = {"a", "b", "long", "c"};
    for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
        mp_table_add(table, i == 0 ? MP_STYLE_GOOD : MP_STYLE_PLAIN, cells[i]);
    mp_table_print(table, out, 0, 80, TRUE);
    g_assert_cmpstr(out->str, ==, "\033[1;32ma\033[0m     b\nlong  c\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/width", test_width);
    g_test_add_func("/layout/latin-breaks-at-spaces", test_latin_breaks_at_spaces);
    g_test_add_func("/layout/japanese-breaks-between-characters",
                    test_japanese_breaks_between_characters);
    g_test_add_func("/layout/closing-marks-do-not-start-a-line",
                    test_closing_marks_do_not_start_a_line);
    g_test_add_func("/layout/table-aligns-wide-text", test_table_aligns_wide_text);
    g_test_add_func("/layout/table-breaks-its-last-column", test_table_breaks_its_last_column);
    g_test_add_func("/layout/color-takes-no-columns", test_color_takes_no_columns);
    return g_test_run();
}
