/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * User-Agent texts and names of browsers from arbitrary bytes: known names only, versions in
 * bounds.
 */
#include "base/error.h"
#include "model/browser.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void assert_sane(const MpBrowser *browser)
{
    g_assert_cmpuint(browser->version, <=, 9999);
    g_assert_cmpuint(browser->system_major, <=, 9999);
    g_assert_cmpuint(browser->system_minor, <=, 9999);
    g_assert_true(browser->name || browser->version == 0);
    g_assert_true(browser->system || browser->system_major == 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    MpBrowser browser = mp_browser_from_user_agent(text);
    assert_sane(&browser);
    if (mp_browser_parse(&browser, text, &error)) {
        assert_sane(&browser);
        g_assert_nonnull(browser.name);
        return 0;
    }
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    return 0;
}
