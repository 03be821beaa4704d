/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Server URIs from arbitrary text: refused with a message, or read, and then the canonical text is
 * read as the same server again.
 */
#include "base/error.h"
#include "model/server_uri.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpServerUri) uri = mp_server_uri_parse(text, &error);
    if (!uri) {
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }

    g_assert_no_error(error);
    g_assert_cmpuint(uri->port, >, 0);
    g_autofree char *canonical = mp_server_uri_to_string(uri);
    g_autoptr(MpServerUri) again = mp_server_uri_parse(canonical, &error);
    g_assert_no_error(error);
    g_autofree char *same = mp_server_uri_to_string(again);
    g_assert_cmpstr(canonical, ==, same);
    g_assert_cmpstr(uri->host, ==, again->host);
    return 0;
}
