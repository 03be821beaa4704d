/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Schemas over documents: what is told, and where.
 */
#include "input/schema.h"

#include <string.h>

#include "base/error.h"
#include "input/nearest.h"

#define LAB "lab.schema.json"
#define START "{\"schema\": \"mediapath-lab/1\", \"name\": \"clean\""

static void expect(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpYaml) yaml = mp_yaml_parse("lab.json", text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_cmpint(mp_schema_check(yaml, LAB, &error), ==, expected == NULL);
    if (expected) {
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_assert_cmpstr(error->message, ==, expected);
    }
}

static void a_document_that_fits_is_accepted(void)
{
    expect(START "}", NULL);
    expect(START ", \"stun\": [], \"turn_password\": \"x\"}", NULL);
}

static void a_misspelt_key_is_told_before_the_key_it_should_have_been(void)
{
    expect(START ", \"responder\": {\n\"ulr\": \"https://a\"}}",
           "lab.json:2:1: key \"ulr\" was found, expected one of url, token, stamp (did you mean "
           "\"url\"?)");
    expect(START ", \"responder\": {}}",
           "lab.json:1:61: no \"url\" was found in this mapping, expected url");
}

static void a_key_far_from_all_gets_no_suggestion(void)
{
    expect(START ", \"responder\": {\"colour\": 1}}",
           "lab.json:1:62: key \"colour\" was found, expected one of url, token, stamp");
}

static void the_first_mistake_of_the_document_is_told(void)
{
    expect(START ", \"stun\": [1],\n\"turn\": 2}",
           "lab.json:1:57: number 1 was found, expected a URI such as "
           "\"stun:168.100.64.10:3478\" (in quotes)");
}

static void a_secret_of_the_wrong_type_is_not_quoted(void)
{
    expect(START ", \"turn_password\": 20261122}",
           "lab.json:1:65: a secret was found, expected text that is the secret (in quotes)");
    expect(START ", \"responder\": {\"url\": \"https://a\", \"token\": [\"hunter2\"]}}",
           "lab.json:1:91: a secret was found, expected text that is the secret");
}

static void long_text_is_cut_in_messages(void)
{
    g_autofree char *text = g_strnfill(200, 'x');
    g_autofree char *document = g_strdup_printf("{\"schema\": \"%s\", \"name\": \"a\"}", text);
    g_autofree char *expected = g_strdup_printf(
        "lab.json:1:12: \"%.60s...\" was found, expected \"mediapath-lab/1\"", text);
    expect(document, expected);
}

static void slips_of_typing_are_counted(void)
{
    g_autoptr(GPtrArray) candidates = g_ptr_array_new();
    g_ptr_array_add(candidates, (gpointer) "services");
    g_ptr_array_add(candidates, (gpointer) "stun");
    static const char *const cases[][2] = {
        {"sevrices", " (did you mean \"services\"?)"}, /* neighbours swapped: one */
        {"servis", " (did you mean \"services\"?)"},   /* two left out */
        {"servi", ""},                                 /* three */
        {"stum", " (did you mean \"stun\"?)"},
        {"stab", ""}, /* two of four letters: anything could be meant */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *hint = mp_nearest_hint(cases[i][0], candidates);
        g_assert_cmpstr(hint, ==, cases[i][1]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema/fits", a_document_that_fits_is_accepted);
    g_test_add_func("/schema/misspelt", a_misspelt_key_is_told_before_the_key_it_should_have_been);
    g_test_add_func("/schema/unknown", a_key_far_from_all_gets_no_suggestion);
    g_test_add_func("/schema/first", the_first_mistake_of_the_document_is_told);
    g_test_add_func("/schema/secret", a_secret_of_the_wrong_type_is_not_quoted);
    g_test_add_func("/schema/long", long_text_is_cut_in_messages);
    g_test_add_func("/schema/nearest", slips_of_typing_are_counted);
    return g_test_run();
}
