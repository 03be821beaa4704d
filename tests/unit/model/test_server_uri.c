/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * stun: and turn: URIs, RFC 7064 and RFC 7065: those that are read and those that are refused.
 */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "model/server_uri.h"

static const struct {
    const char *text;
    const char *canonical;
    const char *host;
} good[] = {
    /* the examples of RFC 7064 appendix B and RFC 7065 appendix B */
    {"stun:example.org", "stun:example.org:3478", "example.org"},
    {"stuns:example.org", "stuns:example.org:5349", "example.org"},
    {"stun:example.org:8000", "stun:example.org:8000", "example.org"},
    {"turn:example.org", "turn:example.org:3478?transport=udp", "example.org"},
    {"turns:example.org", "turns:example.org:5349?transport=tcp", "example.org"},
    {"turn:example.org:8000", "turn:example.org:8000?transport=udp", "example.org"},
    {"turn:example.org?transport=udp", "turn:example.org:3478?transport=udp", "example.org"},
    {"turn:example.org?transport=tcp", "turn:example.org:3478?transport=tcp", "example.org"},
    {"turns:example.org?transport=udp", "turns:example.org:5349?transport=udp", "example.org"},
    {"turns:example.org?transport=tcp", "turns:example.org:5349?transport=tcp", "example.org"},
    /* literals, letter case, limits */
    {"turn:192.0.2.1:443?transport=tcp", "turn:192.0.2.1:443?transport=tcp", "192.0.2.1"},
    {"turn:[2001:db8::1]", "turn:[2001:db8::1]:3478?transport=udp", "2001:db8::1"},
    {"stun:[2001:db8::1]:65535", "stun:[2001:db8::1]:65535", "2001:db8::1"},
    {"TURNS:Example.Org:1?transport=TCP", "turns:Example.Org:1?transport=tcp", "Example.Org"},
    {"stun:3com.example", "stun:3com.example:3478", "3com.example"},
};

static const struct {
    const char *text;
    const char *message; /* a part of it */
} bad[] = {
    {"", "expected stun:, stuns:, turn: or turns:"},
    {"example.org", "expected stun:, stuns:, turn: or turns:"},
    {"http:example.org", "expected stun:, stuns:, turn: or turns:"},
    {"turnx:example.org", "expected stun:, stuns:, turn: or turns:"},
    {"turn://example.org", "expected the host right behind the colon"},
    {"turn:", "the host is empty"},
    {"turn::3478", "the host is empty"},
    {"turn:?transport=udp", "the host is empty"},
    {"turn:[]", "expected an IPv6 address between [ and ]"},
    {"turn:[192.0.2.1]", "expected an IPv6 address between [ and ]"},
    {"turn:[example.org]", "expected an IPv6 address between [ and ]"},
    {"turn:[2001:db8::1", "expected an IPv6 address and a ]"},
    {"turn:[2001:db8::1]3478", "expected :PORT or nothing behind the ]"},
    {"turn:2001:db8::1", "expected it in [ and ]"},
    {"turn:192.0.2.256", "four numbers from 0 to 255"},
    {"turn:192.0.2", "four numbers from 0 to 255"},
    {"turn:exa mple.org", "neither a name nor an IP address"},
    {"turn:exa/mple.org", "neither a name nor an IP address"},
    {"turn:-example.org", "neither a name nor an IP address"},
    {"turn:example..org", "neither a name nor an IP address"},
    {"turn:example.org:", "port \"\" is not in 1-65535"},
    {"turn:example.org:0", "port \"0\" is not in 1-65535"},
    {"turn:example.org:70000", "port \"70000\" is not in 1-65535"},
    {"turn:example.org:+80", "port \"+80\" is not in 1-65535"},
    {"turn:example.org:80x", "port \"80x\" is not in 1-65535"},
    {"turn:example.org?", "expected ?transport=udp or ?transport=tcp"},
    {"turn:example.org?transport=sctp", "expected ?transport=udp or ?transport=tcp"},
    {"turn:example.org?transport=udp&x=1", "expected ?transport=udp or ?transport=tcp"},
    {"turn:example.org?proto=udp", "expected ?transport=udp or ?transport=tcp"},
    {"stun:example.org?transport=udp", "have no parameters (RFC 7064)"},
};

static void test_good_uris_are_read(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MpServerUri) uri = mp_server_uri_parse(good[i].text, &error);
        g_assert_no_error(error);
        g_autofree char *canonical = mp_server_uri_to_string(uri);
        g_assert_cmpstr(canonical, ==, good[i].canonical);
        g_assert_cmpstr(uri->host, ==, good[i].host);
    }
}

static void test_canonical_text_is_read_again(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(MpServerUri) uri = mp_server_uri_parse(good[i].canonical, NULL);
        g_autoptr(MpServerUri) copy = mp_server_uri_copy(uri);
        g_autofree char *canonical = mp_server_uri_to_string(copy);
        g_assert_cmpstr(canonical, ==, good[i].canonical);
    }
}

static void test_schemes_set_the_transport(void)
{
    static const struct {
        const char *text;
        gboolean is_turn;
        MpTransport transport;
    } cases[] = {
        {"stun:a", FALSE, MP_TRANSPORT_UDP}, {"stuns:a", FALSE, MP_TRANSPORT_TLS},
        {"turn:a", TRUE, MP_TRANSPORT_UDP},  {"turn:a?transport=tcp", TRUE, MP_TRANSPORT_TCP},
        {"turns:a", TRUE, MP_TRANSPORT_TLS}, {"turns:a?transport=udp", TRUE, MP_TRANSPORT_DTLS},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MpServerUri) uri = mp_server_uri_parse(cases[i].text, NULL);
        g_assert_nonnull(uri);
        g_assert_cmpint(uri->is_turn, ==, cases[i].is_turn);
        g_assert_cmpint(uri->transport, ==, cases[i].transport);
    }
}

static void test_bad_uris_are_refused_with_a_reason(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(mp_server_uri_parse(bad[i].text, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_autofree char *quoted = g_strdup_printf("\"%s\"", bad[i].text);
        if (!strstr(error->message, quoted) || !strstr(error->message, bad[i].message))
            g_error("for %s: %s", quoted, error->message);
    }
}

static void test_password_in_a_uri_is_not_repeated(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_server_uri_parse("turn:user:hunter2@example.org", &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_null(strstr(error->message, "hunter2"));
    g_assert_nonnull(strstr(error->message, "user and password are not part of it"));
}

static void test_invalid_utf8_is_refused(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_server_uri_parse("turn:\xff", &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server_uri/good_uris_are_read", test_good_uris_are_read);
    g_test_add_func("/server_uri/canonical_text_is_read_again", test_canonical_text_is_read_again);
    g_test_add_func("/server_uri/schemes_set_the_transport", test_schemes_set_the_transport);
    g_test_add_func("/server_uri/bad_uris_are_refused_with_a_reason",
                    test_bad_uris_are_refused_with_a_reason);
    g_test_add_func("/server_uri/password_in_a_uri_is_not_repeated",
                    test_password_in_a_uri_is_not_repeated);
    g_test_add_func("/server_uri/invalid_utf8_is_refused", test_invalid_utf8_is_refused);
    return g_test_run();
}
