/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What User-Agent texts say, and what they only seem to say.
 */
#include "model/browser.h"

#include "base/error.h"

#define CHROMIUM "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "

static const struct {
    const char *text;
    MpBrowser expected;
    gboolean is_mobile;
} cases[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " CHROMIUM "Safari/537.36",
     {"Chrome", 131, "Windows", 10, 0},
     FALSE},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " CHROMIUM "Safari/537.36 Edg/130.0.0.0",
     {"Edge", 130, "Windows", 10, 0},
     FALSE},
    {"Mozilla/5.0 (Windows NT 6.3) " CHROMIUM "Safari/537.36 OPR/95.0",
     {"Opera", 95, "Windows", 8, 1},
     FALSE},
    {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/64.0 Safari/537.36 Edge/18.17763",
     {"Edge Legacy", 18, "Windows", 10, 0},
     FALSE},
    {"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
     {"Internet Explorer", 11, "Windows", 7, 0},
     FALSE},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/13.1 Safari/605.1.15",
     {"Safari", 13, "macOS", 10, 14},
     FALSE},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
     {"Firefox", 133, "macOS", 10, 15},
     FALSE},
    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
     {"Firefox", 128, "Linux", 0, 0},
     FALSE},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " CHROMIUM "Safari/537.36",
     {"Chrome", 131, "ChromeOS", 0, 0},
     FALSE},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
     {"Safari", 17, "iOS", 17, 5},
     TRUE},
    {"Mozilla/5.0 (iPad; CPU OS 13_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "CriOS/120.0 Mobile/15E148 Safari/604.1",
     {"Chrome", 120, "iPadOS", 13, 3},
     TRUE},
    /* Every Chrome on Android says 10 and K, whatever runs below it. */
    {"Mozilla/5.0 (Linux; Android 10; K) " CHROMIUM "Mobile Safari/537.36",
     {"Chrome", 131, "Android", 0, 0},
     TRUE},
    {"Mozilla/5.0 (Linux; Android 13; SM-S908B) " CHROMIUM "Mobile Safari/537.36",
     {"Chrome", 131, "Android", 13, 0},
     TRUE},
    {"Mozilla/5.0 (Linux; Android 12; Pixel 6; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Version/4.0 Chrome/119.0 Mobile Safari/537.36",
     {"WebView", 119, "Android", 12, 0},
     TRUE},
    {"Mozilla/5.0 (Android 9; Mobile; rv:68.0) Gecko/68.0 Firefox/68.0",
     {"Firefox", 68, "Android", 9, 0},
     TRUE},
    {"curl/8.5.0", {NULL, 0, NULL, 0, 0}, FALSE},
    {"", {NULL, 0, NULL, 0, 0}, FALSE},
    {"Chrome/99999999999999999999", {"Chrome", 0, NULL, 0, 0}, FALSE},
};

static void assert_same(const MpBrowser *browser, const MpBrowser *expected)
{
    g_assert_cmpstr(browser->name, ==, expected->name);
    g_assert_cmpuint(browser->version, ==, expected->version);
    g_assert_cmpstr(browser->system, ==, expected->system);
    g_assert_cmpuint(browser->system_major, ==, expected->system_major);
    g_assert_cmpuint(browser->system_minor, ==, expected->system_minor);
}

static void test_user_agents(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const MpBrowser browser = mp_browser_from_user_agent(cases[i].text);
        assert_same(&browser, &cases[i].expected);
        g_assert_cmpint(mp_browser_is_mobile(&browser), ==, cases[i].is_mobile);
    }
}

static void test_names(void)
{
    MpBrowser browser;
    g_assert_true(mp_browser_parse(&browser, "Chrome", NULL));
    assert_same(&browser, &(MpBrowser){"Chrome", 0, NULL, 0, 0});
    g_assert_true(mp_browser_parse(&browser, "edge/131.0.2903", NULL));
    assert_same(&browser, &(MpBrowser){"Edge", 131, NULL, 0, 0});
}

static void test_wrong_names(void)
{
    static const char *const wrong[] = {"",           "netscape",    "chrome/",
                                        "chrome/new", "chrome/0",    "chromes",
                                        "/131",       "chrome/131 ", "chrome/131/2"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        MpBrowser browser;
        g_assert_false(mp_browser_parse(&browser, wrong[i], &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/browser/user-agents", test_user_agents);
    g_test_add_func("/model/browser/names", test_names);
    g_test_add_func("/model/browser/wrong-names", test_wrong_names);
    return g_test_run();
}
