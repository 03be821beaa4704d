/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as a page: whole, self-contained, and nothing in it is taken for markup.
 */
#include <mediapath/report.h>
#include <string.h>

#include "model/result.h"

#define HOSTILE "<script>alert(1)</script>&\"'"

static MpResult *make_result(void)
{
    MpResult *result = mp_result_new();
    result->lang = g_strdup("en");
    result->scenario = g_strdup(HOSTILE);
    MpFinding *finding = mp_finding_new("udp-blocked", MP_SEVERITY_ERROR, MP_OWNER_SITE_NETWORK);
    g_ptr_array_add(finding->evidence, g_strdup(HOSTILE));
    g_ptr_array_add(result->findings, finding);
    result->ports = mp_port_map_new(MP_PORT_METHOD_FAR_END, 1025, 2024);
    for (guint port = 1025; port <= 2024; port++)
        result->ports->states[port] = port < 1500 ? MP_PORT_OPEN : MP_PORT_BLOCKED_OUT;
    return result;
}

static guint count(const char *page, const char *text)
{
    guint n = 0;
    for (const char *at = page; (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

/* Every element that is opened is closed, in order: GMarkup reads it all but for the doctype and
 * the empty elements of the head. */
static void assert_well_formed(const char *page)
{
    static const GMarkupParser nothing;
    g_autoptr(GError) error = NULL;
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
    const char *body = strstr(page, "<main>");
    const char *end = strstr(page, "</main>");
    g_assert_nonnull(body);
    g_assert_nonnull(end);
    g_markup_parse_context_parse(context, body, (gssize)(end - body) + 7, &error);
    g_assert_no_error(error);
    g_markup_parse_context_end_parse(context, &error);
    g_assert_no_error(error);
}

static void test_nothing_is_taken_for_markup(void)
{
    g_autoptr(MpResult) result = make_result();
    g_autofree char *page = mp_report_html(result, "en");
    assert_well_formed(page);
    g_assert_cmpuint(count(page, "<script"), ==, 0);
    g_assert_cmpuint(count(page, "&lt;script&gt;alert(1)"), ==, 2);
}

static void test_it_asks_nobody(void)
{
    g_autoptr(MpResult) result = make_result();
    g_autofree char *page = mp_report_html(result, "en");
    g_assert_cmpuint(count(page, "default-src 'none'"), ==, 1);
    g_assert_cmpuint(count(page, "http:"), ==, 0);
    g_assert_cmpuint(count(page, "https:"), ==, 0);
    g_assert_cmpuint(count(page, "url("), ==, 0);
}

static void test_the_map_is_a_picture(void)
{
    g_autoptr(MpResult) result = make_result();
    g_autofree char *page = mp_report_html(result, "en");
    g_assert_cmpuint(count(page, "<span class=\"open\""), ==, 1);
    g_assert_cmpuint(count(page, "<span class=\"closed\""), ==, 1);
    g_assert_cmpuint(count(page, "1025-"), >=, 1);
}

static void test_in_japanese(void)
{
    g_autoptr(MpResult) result = make_result();
    g_autofree char *page = mp_report_html(result, "ja");
    assert_well_formed(page);
    g_assert_cmpuint(count(page, "<html lang=\"ja\">"), ==, 1);
    g_assert_nonnull(strstr(page, "UDPポート"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page/nothing_is_taken_for_markup", test_nothing_is_taken_for_markup);
    g_test_add_func("/page/it_asks_nobody", test_it_asks_nobody);
    g_test_add_func("/page/the_map_is_a_picture", test_the_map_is_a_picture);
    g_test_add_func("/page/in_japanese", test_in_japanese);
    return g_test_run();
}
