/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A cell's outcome beside its expectation.
 */
#include "matrix/cell_difference.h"

#include <json-glib/json-glib.h>

#include "base/i18n.h"
#include "matrix/cell_result.h"
#include "matrix/words.h"

G_GNUC_PRINTF(2, 3) static void add(GString *text, const char *format, ...)
{
    va_list arguments;
    if (text->len > 0)
        g_string_append(text, "; ");
    va_start(arguments, format);
    g_string_append_vprintf(text, format, arguments);
    va_end(arguments);
}

static void compare_verdict(GString *text, const char *found, const char *expected)
{
    if (!g_str_equal(found, expected))
        add(text, _("verdict %s instead of %s"), mp_matrix_word(found), mp_matrix_word(expected));
}

static void compare_findings(GString *text, const char *found, JsonArray *expected)
{
    g_autoptr(GPtrArray) findings = mp_cell_findings_from_json(found);
    guint n_expected = json_array_get_length(expected);
    for (guint i = 0; i < n_expected; i++) {
        const char *id = json_array_get_string_element(expected, i);
        if (!g_ptr_array_find_with_equal_func(findings, id, g_str_equal, NULL))
            add(text, _("no finding %s"), id);
    }
    for (guint i = 0; i < findings->len && n_expected == 0; i++)
        add(text, _("finding %s where none was expected"), (char *)findings->pdata[i]);
}

static void compare_exit(GString *text, int found, int expected)
{
    if (found != expected)
        add(text, _("exit %d instead of %d"), found, expected);
}

char *mp_cell_difference(const MpCellRecord *record)
{
    g_autoptr(JsonNode) node = record->expected ? json_from_string(record->expected, NULL) : NULL;
    if (!node)
        return NULL;
    JsonObject *expected = json_node_get_object(node);
    g_autoptr(GString) text = g_string_new(NULL);
    if (json_object_has_member(expected, "verdict"))
        compare_verdict(text, record->verdict, json_object_get_string_member(expected, "verdict"));
    if (json_object_has_member(expected, "findings"))
        compare_findings(text, record->findings,
                         json_object_get_array_member(expected, "findings"));
    if (json_object_has_member(expected, "exit"))
        compare_exit(text, record->exit, (int)json_object_get_int_member(expected, "exit"));
    return text->len ? g_strdup(text->str) : NULL;
}

char *mp_cell_trouble(const MpCellRecord *record)
{
    if (record->state == MP_CELL_FAILED)
        return g_strdup(record->error);
    return record->state == MP_CELL_DONE ? mp_cell_difference(record) : NULL;
}
