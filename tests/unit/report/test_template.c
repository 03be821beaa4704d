/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sentences with gaps.
 */
#include "report/template.h"

#include <math.h>

static JsonObject *values(void)
{
    JsonObject *object = json_object_new();
    JsonArray *ports = json_array_new();
    json_array_add_int_element(ports, 443);
    json_array_add_int_element(ports, 3478);
    json_object_set_string_member(object, "server", "turn:[::1]:3478");
    json_object_set_int_member(object, "code", 401);
    json_object_set_double_member(object, "ms", 12.3000001);
    json_object_set_double_member(object, "unmeasured", NAN);
    json_object_set_array_member(object, "ports", ports);
    json_object_set_null_member(object, "nothing");
    json_object_set_object_member(object, "object", json_object_new());
    return object;
}

static void assert_filled(const char *text, const char *expected)
{
    g_autoptr(JsonObject) object = values();
    g_autofree char *filled = mp_template_fill(text, object);
    g_assert_cmpstr(filled, ==, expected);
}

static void test_gaps_take_values(void)
{
    assert_filled("{server}: {code} after {ms} ms on {ports}.",
                  "turn:[::1]:3478: 401 after 12.3 ms on 443, 3478.");
}

static void test_a_clause_goes_with_its_missing_value(void)
{
    assert_filled("failed[: {code}][ {reason}].", "failed: 401.");
    assert_filled("failed[ ({unmeasured} ms)][ {nothing}][ {object}].", "failed.");
}

static void test_braces_are_never_printed(void)
{
    assert_filled("{reason} {unmeasured} {nothing} {object}", "? ? ? ?");
    g_autofree char *filled = mp_template_fill("{server}[, {code}]", NULL);
    g_assert_cmpstr(filled, ==, "?");
}

static void test_odd_text_stays_itself(void)
{
    assert_filled("a { b", "a { b");
    assert_filled("a [ b", "a [ b");
    assert_filled("", "");
}

static void test_pairs(void)
{
    g_autofree char *filled = mp_template_fill_pairs("{a}[ and {b}]", "a", "1", "b", NULL, NULL);
    g_assert_cmpstr(filled, ==, "1");
}

static void test_numbers_as_people_write_them(void)
{
    const struct {
        double value;
        const char *text;
    } numbers[] = {{0, "0"},        {0.004, "0.004"}, {-0.0001, "0"}, {0.056, "0.06"},
                   {12.34, "12.3"}, {20, "20"},       {-1.5, "-1.5"}, {65535, "65535"}};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *text = mp_template_number(numbers[i].value);
        g_assert_cmpstr(text, ==, numbers[i].text);
    }
}

static void test_digits_below_the_testers_error_are_not_shown(void)
{
    static const struct {
        double value;
        double error;
        const char *text;
    } rows[] = {
        {0.006, 0.05, "<0.05"}, {0.05, 0.05, "0.05"}, {12, 0.05, "12"}, {0.006, NAN, "0.006"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = mp_template_measured(rows[i].value, rows[i].error);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/template/gaps-take-values", test_gaps_take_values);
    g_test_add_func("/template/a-clause-goes-with-its-missing-value",
                    test_a_clause_goes_with_its_missing_value);
    g_test_add_func("/template/braces-are-never-printed", test_braces_are_never_printed);
    g_test_add_func("/template/odd-text-stays-itself", test_odd_text_stays_itself);
    g_test_add_func("/template/pairs", test_pairs);
    g_test_add_func("/template/below-the-error", test_digits_below_the_testers_error_are_not_shown);
    g_test_add_func("/template/numbers-as-people-write-them", test_numbers_as_people_write_them);
    return g_test_run();
}
