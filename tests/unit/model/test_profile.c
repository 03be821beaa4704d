/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a profile answers about hosts and texts.
 */
#include "model/profile.h"

static void a_wildcard_covers_hosts_under_it_and_not_itself(void)
{
    static const struct {
        const char *pattern;
        const char *name;
        gboolean is_covered;
    } cases[] = {
        {"*.opentok.com", "api.opentok.com", TRUE},
        {"*.opentok.com", "a.b.opentok.com", TRUE},
        {"*.opentok.com", "API.OpenTok.com", TRUE},
        {"*.opentok.com", "opentok.com", FALSE},
        {"*.opentok.com", ".opentok.com", FALSE},
        {"*.opentok.com", "notopentok.com", FALSE},
        {"*.opentok.com", "opentok.com.example", FALSE},
        {"code.jquery.com", "code.jquery.com", TRUE},
        {"code.jquery.com", "x.code.jquery.com", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        MpHostPattern host = {.name = (char *)cases[i].pattern,
                              .is_wildcard = cases[i].pattern[0] == '*'};
        g_test_message("%s %s", cases[i].pattern, cases[i].name);
        g_assert_cmpint(mp_host_pattern_covers(&host, cases[i].name), ==, cases[i].is_covered);
    }
}

static void a_new_profile_is_empty_and_knows_its_session_types(void)
{
    g_autoptr(MpProfile) profile = mp_profile_new();
    g_assert_cmpuint(profile->rows->len, ==, 0);
    g_assert_null(mp_profile_row(profile, "1-1"));
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        g_assert_cmpuint(profile->sessions[i].type, ==, i);
        g_assert_cmpuint(profile->sessions[i].limits->len, ==, 0);
    }
    MpAddress address;
    g_assert_true(mp_address_parse(&address, "168.100.64.1", 443));
    g_assert_false(mp_profile_covers(profile, &address));
}

static void a_text_is_english_unless_japanese_is_asked_for(void)
{
    MpText text = {.en = (char *)"call", .ja = (char *)"通話"};
    g_assert_cmpstr(mp_text_in(&text, "ja"), ==, "通話");
    g_assert_cmpstr(mp_text_in(&text, "en"), ==, "call");
    g_assert_cmpstr(mp_text_in(&text, NULL), ==, "call");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/wildcard", a_wildcard_covers_hosts_under_it_and_not_itself);
    g_test_add_func("/profile/empty", a_new_profile_is_empty_and_knows_its_session_types);
    g_test_add_func("/profile/text", a_text_is_english_unless_japanese_is_asked_for);
    return g_test_run();
}
