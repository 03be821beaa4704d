/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A proxy's URL.
 */
#include "model/proxy_uri.h"

static void expect(const char *text, gboolean is_socks, const char *host, guint16 port)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpProxyUri) uri = mp_proxy_uri_parse(text, &error);
    g_assert_no_error(error);
    g_assert_cmpint(uri->is_socks, ==, is_socks);
    g_assert_cmpstr(uri->host, ==, host);
    g_assert_cmpuint(uri->port, ==, port);
}

static void test_both_kinds_are_read(void)
{
    expect("http://proxy.example:8080", FALSE, "proxy.example", 8080);
    expect("http://10.10.1.2/", FALSE, "10.10.1.2", 3128);
    expect("socks5://[2001:db8::1]:1081", TRUE, "2001:db8::1", 1081);
    expect("socks5h://proxy.example", TRUE, "proxy.example", 1080);
}

static void test_anything_else_is_refused_with_its_text(void)
{
    static const char *const wrong[] = {
        "proxy.example:8080",       "https://proxy.example", "http://",
        "http://proxy.example/pac", "http://proxy:0",        "http://proxy?x"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(mp_proxy_uri_parse(wrong[i], &error));
        g_autofree char *expected = g_strdup_printf(
            "proxy \"%s\": expected http://HOST:PORT or socks5://HOST:PORT", wrong[i]);
        g_assert_cmpstr(error->message, ==, expected);
    }
}

static void test_a_password_in_it_is_refused_and_not_shown(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_proxy_uri_parse("http://alice:secret@proxy.example:8080", &error));
    g_assert_null(g_strstr_len(error->message, -1, "secret"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/proxy-uri/read", test_both_kinds_are_read);
    g_test_add_func("/model/proxy-uri/wrong", test_anything_else_is_refused_with_its_text);
    g_test_add_func("/model/proxy-uri/secret", test_a_password_in_it_is_refused_and_not_shown);
    return g_test_run();
}
