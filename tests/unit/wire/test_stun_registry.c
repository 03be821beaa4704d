/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our numbers and names against IANA's STUN registries, both ways.
 */
#include <glib.h>
#include <string.h>

#include "wire/stun_registry.h"

typedef const char *(*NameOf)(guint value);

/* value -> name of the assigned rows; neither a range nor reserved. */
static GHashTable *read_registry(const char *file)
{
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "iana", file, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);

    GHashTable *names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    g_assert_cmpstr(lines[0], ==, "Value,Name,Reference");
    for (guint i = 1; lines[i] && lines[i][0]; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], ",", 3);
        g_assert_cmpuint(g_strv_length(fields), ==, 3);
        if (strchr(fields[0], '-') || g_str_has_prefix(fields[1], "Reserved") ||
            g_str_equal(fields[1], "Unassigned"))
            continue;
        guint64 value = g_ascii_strtoull(fields[0], NULL, 0);
        g_hash_table_insert(names, GUINT_TO_POINTER((guint)value), g_strdup(fields[1]));
    }
    return names;
}

static void compare(const char *file, NameOf name_of)
{
    g_autoptr(GHashTable) names = read_registry(file);
    g_assert_cmpuint(g_hash_table_size(names), >, 5);
    for (guint value = 0; value <= G_MAXUINT16; value++)
        g_assert_cmpstr(name_of(value), ==, g_hash_table_lookup(names, GUINT_TO_POINTER(value)));
}

static void test_methods(void)
{
    compare("stun-methods.csv", mp_stun_method_name);
}

static void test_attributes(void)
{
    compare("stun-attributes.csv", mp_stun_attribute_name);
}

static void test_errors(void)
{
    compare("stun-error-codes.csv", mp_stun_error_name);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iana/methods", test_methods);
    g_test_add_func("/iana/attributes", test_attributes);
    g_test_add_func("/iana/errors", test_errors);
    return g_test_run();
}
