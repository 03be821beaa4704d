/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * application/trickle-ice-sdpfrag, RFC 8840 section 9 and RFC 9725 section 4.3.3.
 */
#include <string.h>

#include "base/error.h"
#include "wire/ice_fragment.h"

static MpIceFragment *parse(const char *text, GError **error)
{
    return mp_ice_fragment_parse(text, strlen(text), error);
}

static void what_is_written_is_read(void)
{
    g_autoptr(MpIceFragment) written = mp_ice_fragment_new();
    written->ufrag = g_strdup("EsAw");
    written->pwd = g_strdup("P2uYro0UCOQ4zxjKXaWCBui1");
    g_ptr_array_add(written->candidates,
                    g_strdup("candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host"));
    g_autofree char *text = mp_ice_fragment_write(written, "0");
    g_autoptr(MpIceFragment) read = parse(text, NULL);

    g_assert_cmpstr(read->ufrag, ==, "EsAw");
    g_assert_cmpstr(read->pwd, ==, "P2uYro0UCOQ4zxjKXaWCBui1");
    g_assert_cmpuint(read->candidates->len, ==, 1);
    g_assert_cmpstr(read->candidates->pdata[0], ==, written->candidates->pdata[0]);
    g_assert_nonnull(strstr(text, "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"));
    g_assert_true(g_str_has_suffix(text, "a=end-of-candidates\r\n"));
}

/* Credentials may stand in the session part or in the section, RFC 8840 section 9. */
static void another_order_is_read_too(void)
{
    g_autoptr(MpIceFragment) read = parse("a=group:BUNDLE 0 1\r\n"
                                          "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                                          "a=mid:0\r\n"
                                          "a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n"
                                          "a=ice-ufrag:ysXw\r\n",
                                          NULL);
    g_assert_cmpstr(read->ufrag, ==, "ysXw");
    g_assert_cmpuint(read->candidates->len, ==, 0);
}

static void what_is_wrong_is_named_with_its_line(void)
{
    static const struct {
        const char *text;
        const char *complaint;
    } rows[] = {
        {"", "expected a=ice-ufrag"},
        {"a=ice-ufrag:ysXw\r\n", "expected a=ice-pwd"},
        {"a=ice-ufrag:ab\r\n", "line 1: found \"a=ice-ufrag:ab\", expected 4 to 256"},
        {"a=ice-ufrag:ysXw\r\na=ice-pwd:short\r\n", "line 2"},
        {"hello\r\n", "expected LETTER=VALUE"},
        {"a=ice-ufrag:ys Xw\r\n", "ICE characters"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(parse(rows[i].text, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_MALFORMED);
        g_assert_nonnull(strstr(error->message, rows[i].complaint));
    }
}

static void too_much_is_refused(void)
{
    GString *text = g_string_new("a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n");
    for (guint i = 0; i < 65; i++)
        g_string_append(text, "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n");
    g_autofree char *many = g_string_free(text, FALSE);
    g_assert_null(parse(many, NULL));

    g_autofree char *long_text = g_strnfill(65 * 1024, 'a');
    g_assert_null(parse(long_text, NULL));
    g_assert_null(mp_ice_fragment_parse("a=\xff\xfe", 4, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ice-fragment/round-trip", what_is_written_is_read);
    g_test_add_func("/ice-fragment/order", another_order_is_read_too);
    g_test_add_func("/ice-fragment/wrong", what_is_wrong_is_named_with_its_line);
    g_test_add_func("/ice-fragment/too-much", too_much_is_refused);
    return g_test_run();
}
