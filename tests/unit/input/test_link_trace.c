/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mahimahi traces: whole milliseconds, ascending, not too many.
 */
#include "input/link_trace.h"

#include <string.h>

#include "base/error.h"

static void expect_refusal(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) trace = mp_link_trace_parse("t", text, strlen(text), &error);
    g_assert_null(trace);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void equal_and_ascending_milliseconds_are_read(void)
{
    static const char text[] = "0\n0\n3\r\n0012\n12";
    static const guint32 expected[] = {0, 0, 3, 12, 12};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) trace = mp_link_trace_parse("t", text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_cmpmem(trace->data, trace->len * sizeof(guint32), expected, sizeof expected);
}

static void what_is_no_number_is_named_with_its_line(void)
{
    expect_refusal("1\nx\n", "t:2:1: \"x\" was found, expected whole milliseconds from 0 to "
                             "86400000");
    expect_refusal("1\n\n2\n", "t:2:1: \"\" was found, expected whole milliseconds from 0 to "
                               "86400000");
    expect_refusal("-1\n", "t:1:1: \"-1\" was found, expected whole milliseconds from 0 to "
                           "86400000");
    expect_refusal("1.5\n", "t:1:1: \"1.5\" was found, expected whole milliseconds from 0 to "
                            "86400000");
    expect_refusal("86400001\n", "t:1:1: \"86400001\" was found, expected whole milliseconds from "
                                 "0 to 86400000");
    expect_refusal("99999999999999999999999\n",
                   "t:1:1: \"99999999999999999999...\" was found, expected whole milliseconds "
                   "from 0 to 86400000");
    expect_refusal("\x01\xff\n", "t:1:1: \"\\001\\357\\277\\275\" was found, expected whole "
                                 "milliseconds from 0 to 86400000");
}

static void time_goes_forward_and_ends_after_0(void)
{
    expect_refusal("5\n4\n", "t:2:1: \"4\" was found, expected 5 or later, as on the line before");
    expect_refusal("", "t:1:1: the end was found, expected a line with 1 millisecond or more");
    expect_refusal("0\n0\n",
                   "t:3:1: the end was found, expected a line with 1 millisecond or more");
}

static void a_million_lines_are_the_most(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 1000000; i++)
        g_string_append(text, "7\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) trace = mp_link_trace_parse("t", text->str, text->len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(trace->len, ==, 1000000);
    g_string_append(text, "7\n");
    expect_refusal(text->str, "t:1000001:1: more than 1000000 lines were found, expected fewer");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link_trace/read", equal_and_ascending_milliseconds_are_read);
    g_test_add_func("/link_trace/numbers", what_is_no_number_is_named_with_its_line);
    g_test_add_func("/link_trace/order", time_goes_forward_and_ends_after_0);
    g_test_add_func("/link_trace/most", a_million_lines_are_the_most);
    return g_test_run();
}
