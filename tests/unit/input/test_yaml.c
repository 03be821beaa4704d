/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * YAML documents whose values know their place.
 */
#include "input/yaml.h"

#include <string.h>

#include "base/error.h"

static MpYaml *parse(const char *text, GError **error)
{
    return mp_yaml_parse("home.yaml", text, strlen(text), error);
}

static MpYaml *parse_good(const char *text)
{
    g_autoptr(GError) error = NULL;
    MpYaml *yaml = parse(text, &error);
    g_assert_no_error(error);
    return yaml;
}

static void expect_error_at(const MpYaml *yaml, MpYamlNode *node, const char *expected)
{
    g_autoptr(GError) error = NULL;
    mp_yaml_error(yaml, node, &error, "wrong");
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void expect_refusal(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpYaml) yaml = parse(text, &error);
    g_assert_null(yaml);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void every_value_knows_its_line_and_column(void)
{
    g_autoptr(MpYaml) yaml = parse_good("a: 1\n"
                                        "b:\n"
                                        "  - x\n"
                                        "  - {あ: \"いう\", c: [1, 2]}\n"
                                        "d:\n");
    MpYamlNode *root = mp_yaml_root(yaml);
    MpYamlNode *list = mp_yaml_get(root, "b");
    MpYamlNode *mapping = mp_yaml_at(list, 1);
    expect_error_at(yaml, root, "home.yaml:1:1: wrong");
    expect_error_at(yaml, mp_yaml_get(root, "a"), "home.yaml:1:4: wrong");
    expect_error_at(yaml, mp_yaml_at(list, 0), "home.yaml:3:5: wrong");
    expect_error_at(yaml, mapping, "home.yaml:4:5: wrong");
    /* Columns count characters, and a quoted text starts at its quote. */
    expect_error_at(yaml, mp_yaml_get(mapping, "あ"), "home.yaml:4:9: wrong");
    expect_error_at(yaml, mp_yaml_at(mp_yaml_get(mapping, "c"), 1), "home.yaml:4:22: wrong");
    expect_error_at(yaml, mp_yaml_key_node(root, 1), "home.yaml:2:1: wrong");
    /* What is left out is placed at its key. */
    expect_error_at(yaml, mp_yaml_get(root, "d"), "home.yaml:5:1: wrong");
}

static void plain_scalars_are_numbers_booleans_or_null_and_quoted_ones_never(void)
{
    static const struct {
        const char *text;
        gboolean is_number;
        double number;
        gboolean is_boolean;
        gboolean is_null;
    } cases[] = {
        {"12", TRUE, 12, FALSE, FALSE},     {"-0.5e1", TRUE, -5, FALSE, FALSE},
        {"0x10", FALSE, 0, FALSE, FALSE},   {"inf", FALSE, 0, FALSE, FALSE},
        {"nan", FALSE, 0, FALSE, FALSE},    {"1e999", FALSE, 0, FALSE, FALSE},
        {"1-7", FALSE, 0, FALSE, FALSE},    {".", FALSE, 0, FALSE, FALSE},
        {"\"12\"", FALSE, 0, FALSE, FALSE}, {"true", FALSE, 0, TRUE, FALSE},
        {"yes", FALSE, 0, FALSE, FALSE},    {"'false'", FALSE, 0, FALSE, FALSE},
        {"null", FALSE, 0, FALSE, TRUE},    {"~", FALSE, 0, FALSE, TRUE},
        {"\"\"", FALSE, 0, FALSE, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MpYaml) yaml = parse_good(cases[i].text);
        MpYamlNode *node = mp_yaml_root(yaml);
        double number = 0;
        gboolean boolean = FALSE;
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(mp_yaml_number(node, &number), ==, cases[i].is_number);
        g_assert_cmpfloat(number, ==, cases[i].number);
        g_assert_cmpint(mp_yaml_boolean(node, &boolean), ==, cases[i].is_boolean);
        g_assert_cmpint(mp_yaml_text(node) == NULL, ==, cases[i].is_null);
    }
}

static void json_is_yaml(void)
{
    g_autoptr(MpYaml) yaml = parse_good("{\n\t\"a\": [1, true],\n\t\"b\": \"x\\u00e9 \\/\"\n}\n");
    MpYamlNode *root = mp_yaml_root(yaml);
    g_assert_cmpuint(mp_yaml_size(root), ==, 2);
    g_assert_cmpstr(mp_yaml_key(root, 0), ==, "a");
    g_assert_cmpstr(mp_yaml_get_text(root, "b", NULL), ==, "xé /");
    expect_error_at(yaml, mp_yaml_get(root, "b"), "home.yaml:3:7: wrong");
}

static void an_absent_key_has_the_fallback(void)
{
    g_autoptr(MpYaml) yaml = parse_good("a: {b: 1, c: x, d: true}\ne:\n");
    MpYamlNode *root = mp_yaml_root(yaml);
    MpYamlNode *mapping = mp_yaml_get(root, "a");
    g_assert_cmpfloat(mp_yaml_get_number(mapping, "b", 7), ==, 1);
    g_assert_cmpfloat(mp_yaml_get_number(mapping, "z", 7), ==, 7);
    g_assert_cmpstr(mp_yaml_get_text(mapping, "c", "y"), ==, "x");
    g_assert_cmpstr(mp_yaml_get_text(root, "e", "y"), ==, "y");
    g_assert_true(mp_yaml_get_boolean(mapping, "d", FALSE));
    g_assert_true(mp_yaml_get_boolean(mapping, "z", TRUE));
    g_assert_null(mp_yaml_get(mp_yaml_get(mapping, "b"), "not a mapping"));
}

static void a_word_is_its_place_among_the_words(void)
{
    static const char *const words[] = {"drop", "reject"};
    g_autoptr(MpYaml) yaml = parse_good("a: reject\n");
    MpYamlNode *root = mp_yaml_root(yaml);
    g_assert_cmpuint(mp_yaml_get_choice(root, "a", words, G_N_ELEMENTS(words), 7), ==, 1);
    g_assert_cmpuint(mp_yaml_get_choice(root, "z", words, G_N_ELEMENTS(words), 7), ==, 7);
    g_assert_true(mp_yaml_says(root, "a", "reject"));
    g_assert_false(mp_yaml_says(root, "a", "drop"));
    g_assert_false(mp_yaml_says(root, "z", "drop"));
}

static void a_path_counts_from_the_file_that_has_it(void)
{
    static const struct {
        const char *file;
        const char *path;
        const char *resolved;
    } cases[] = {
        {"home.yaml", "ca.pem", "ca.pem"},
        {"lab/home.yaml", "ca.pem", "lab/ca.pem"},
        {"/lab/home.yaml", "../ca.pem", "/lab/../ca.pem"},
        {"lab/home.yaml", "/ca.pem", "/ca.pem"},
        {"lab/home.yaml", NULL, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MpYaml) yaml = mp_yaml_parse(cases[i].file, "a", 1, NULL);
        g_autofree char *resolved = mp_yaml_resolve(yaml, cases[i].path);
        g_assert_cmpstr(resolved, ==, cases[i].resolved);
    }
}

static void what_no_input_of_ours_needs_is_refused(void)
{
    expect_refusal("a: 1\nb: 2\na: 3\n",
                   "home.yaml:3:1: key \"a\" was found a second time, expected it once");
    expect_refusal("a: &x 1\nb: *x\n",
                   "home.yaml:1:7: an anchor was found, expected a value without");
    expect_refusal("a: *x\n", "home.yaml:1:5: an alias was found, expected the value itself");
    expect_refusal("a: !!binary aGk=\n",
                   "home.yaml:1:13: a tag was found, expected a value without");
    expect_refusal("a: 1\n---\nb: 2\n", "home.yaml:2:1: a second document was found, expected one");
    expect_refusal("? [a]\n: 1\n",
                   "home.yaml:1:3: a list or mapping was found as a key, expected a word");
    expect_refusal("a: \"\\u0000\"\n",
                   "home.yaml:1:4: a control character was found, expected text");
    expect_refusal("# nothing\n", "home.yaml:2:1: nothing was found, expected a document");
}

static void a_byte_that_is_no_utf8_is_named_with_its_place(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpYaml) yaml = parse("a: 1\nあ: \xc3(\n", &error);
    g_assert_null(yaml);
    g_assert_cmpstr(error->message, ==, "home.yaml:2:4: byte 0xc3 was found, expected UTF-8 text");

    g_autoptr(GError) nul_error = NULL;
    g_autoptr(MpYaml) nul = mp_yaml_parse("home.yaml", "a: \0", 4, &nul_error);
    g_assert_null(nul);
    g_assert_cmpstr(nul_error->message, ==,
                    "home.yaml:1:4: byte 0x00 was found, expected UTF-8 text");
}

static char *nested(guint depth)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < depth; i++)
        g_string_append_c(text, '[');
    for (guint i = 0; i < depth; i++)
        g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

static void thirty_two_levels_are_the_deepest(void)
{
    g_autofree char *good = nested(32);
    mp_yaml_free(parse_good(good));
    g_autofree char *bad = nested(33);
    expect_refusal(bad, "home.yaml:1:33: nesting deeper than 32 levels was found");
}

static void four_mebibytes_are_the_largest(void)
{
    gsize limit = (gsize)4 * 1024 * 1024;
    g_autofree char *text = g_strnfill(limit + 1, 'x');
    text[0] = '#';
    text[limit - 2] = '\n';
    g_autoptr(GError) error = NULL;
    g_autoptr(MpYaml) good = mp_yaml_parse("home.yaml", text, limit, &error);
    g_assert_no_error(error);
    g_assert_nonnull(good);
    expect_refusal(text, "home.yaml:1:1: more than 4 MiB were found, expected less");
}

static void two_hundred_thousand_values_are_the_most(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 199999; i++)
        g_string_append(text, "- 1\n");
    g_autoptr(MpYaml) yaml = parse_good(text->str);
    g_assert_cmpuint(mp_yaml_size(mp_yaml_root(yaml)), ==, 199999);
    g_string_append(text, "- 1\n");
    expect_refusal(text->str,
                   "home.yaml:200000:3: more than 200000 values were found, expected fewer");
}

static void a_file_that_cannot_be_read_is_named(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_yaml_read_file("no-such.yaml", &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, "no-such.yaml: No such file or directory");

    g_autoptr(GError) folder_error = NULL;
    g_assert_null(mp_yaml_read_file("/", &folder_error));
    g_assert_cmpstr(folder_error->message, ==, "/: Is a directory");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml/places", every_value_knows_its_line_and_column);
    g_test_add_func("/yaml/scalars",
                    plain_scalars_are_numbers_booleans_or_null_and_quoted_ones_never);
    g_test_add_func("/yaml/json", json_is_yaml);
    g_test_add_func("/yaml/fallback", an_absent_key_has_the_fallback);
    g_test_add_func("/yaml/choice", a_word_is_its_place_among_the_words);
    g_test_add_func("/yaml/resolve", a_path_counts_from_the_file_that_has_it);
    g_test_add_func("/yaml/refused", what_no_input_of_ours_needs_is_refused);
    g_test_add_func("/yaml/utf8", a_byte_that_is_no_utf8_is_named_with_its_place);
    g_test_add_func("/yaml/depth", thirty_two_levels_are_the_deepest);
    g_test_add_func("/yaml/size", four_mebibytes_are_the_largest);
    g_test_add_func("/yaml/values", two_hundred_thousand_values_are_the_most);
    g_test_add_func("/yaml/file", a_file_that_cannot_be_read_is_named);
    return g_test_run();
}
