/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way that a browser takes, and the one change that gives a better one.
 */
#include <math.h>

#include "analysis/judge.h"
#include "tests/support/result_builder.h"

#define SILENT_UDP "resolve answered, binding silent"
#define SILENT_TCP "resolve answered, connect silent"
#define SILENT_ICE "gather answered, whip answered 201, ice silent"
#define WRONG_PASSWORD "resolve answered, connect answered, allocate auth_failed 401 Unauthorized"

static const struct {
    const char *name;
    BuiltCase built;
    const char *way;    /* NULL: none */
    const char *better; /* NULL: no change */
    const char *stage;
    guint code;
    MpOwner owner;
    const char *rule;
} cases[] = {
    {"clean", {0}, "udp", NULL, NULL, 0, 0, NULL},
    {"dtls-kept",
     {.media_udp = "gather answered, whip answered 201, ice answered, dtls silent"},
     "turn-udp",
     "udp",
     "dtls",
     0,
     MP_OWNER_SITE_NETWORK,
     NULL},
    {"media-ports-blocked",
     {.media_udp = SILENT_ICE},
     "turn-udp",
     "udp",
     "ice",
     0,
     MP_OWNER_SITE_NETWORK,
     "allow out udp to { 168.100.64.0/18, 216.147.0.0/18 } port 1025-65535"},
    {"udp-blocked",
     {.stun = SILENT_UDP, .turn_udp = SILENT_UDP, .media_udp = SILENT_ICE},
     "turn-tcp",
     "turn-udp",
     "binding",
     0,
     MP_OWNER_SITE_NETWORK,
     "allow out udp to { 168.100.64.0/18, 216.147.0.0/18 } port 3478"},
    {"only-443",
     {.stun = SILENT_UDP, .turn_udp = SILENT_UDP, .turn_tcp = SILENT_TCP, .media_udp = SILENT_ICE},
     "turn-tls",
     "turn-udp",
     "binding",
     0,
     MP_OWNER_SITE_NETWORK,
     "allow out udp to { 168.100.64.0/18, 216.147.0.0/18 } port 3478"},
    /* Opening the port to a relay that refuses the password opens nothing; the direct way needs
     * none. */
    {"udp-blocked-wrong-password",
     {.stun = SILENT_UDP,
      .turn_udp = SILENT_UDP,
      .turn_tcp = WRONG_PASSWORD,
      .turn_tls = WRONG_PASSWORD,
      .media_udp = SILENT_ICE},
     NULL,
     "udp",
     "ice",
     0,
     MP_OWNER_SITE_NETWORK,
     "allow out udp to { 168.100.64.0/18, 216.147.0.0/18 } port 1025-65535"},
    {"wrong-password",
     {.turn_udp = "resolve answered, binding answered, allocate auth_failed 401 Unauthorized",
      .turn_tcp = WRONG_PASSWORD,
      .turn_tls = WRONG_PASSWORD,
      .media_udp = ""},
     NULL,
     "turn-udp",
     "allocate",
     401,
     MP_OWNER_CREDENTIALS,
     NULL},
};

static void test_case(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&cases[i].built);
    mp_judge(result, profile);
    const MpAdvice *advice = result->advice;
    g_autofree char *rule = mp_advice_rule(advice);
    g_assert_cmpstr(advice->has_way ? mp_way_name(advice->way) : NULL, ==, cases[i].way);
    g_assert_cmpstr(advice->has_change ? mp_way_name(advice->better) : NULL, ==, cases[i].better);
    g_assert_cmpstr(advice->stage, ==, cases[i].stage);
    g_assert_cmpuint(advice->code, ==, cases[i].code);
    g_assert_cmpstr(rule, ==, cases[i].rule);
    if (cases[i].better)
        g_assert_cmpuint(advice->owner, ==, cases[i].owner);
}

/* 1 ms each for connecting, allocating, permission and channel. */
static void test_the_cost_of_a_relay_is_what_it_took(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.turn_udp = SILENT_UDP, .media_udp = SILENT_ICE});
    mp_judge(result, profile);
    g_assert_cmpfloat_with_epsilon(result->advice->setup_cost_ms, 4, 1e-9);
}

/* Opening the ranges of the profile would not reach it. */
static void test_a_server_outside_the_ranges_is_named(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.stun = "", .turn_udp = "", .media_udp = SILENT_ICE});
    built_server(result, "turn", MP_TRANSPORT_UDP, "198.51.100.7", 3478, SILENT_UDP);
    mp_judge(result, profile);
    g_autofree char *rule = mp_advice_rule(result->advice);
    g_assert_cmpstr(rule, ==, "allow out udp to 198.51.100.7 port 3478");
}

static void test_without_media_nothing_is_advised(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .media_udp = "", .media_turn_udp = "", .media_turn_tcp = "", .media_turn_tls = ""});
    mp_judge(result, profile);
    g_assert_false(result->advice->has_way);
    g_assert_false(result->advice->has_change);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/analysis/advice/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
    }
    g_test_add_func("/analysis/advice/cost", test_the_cost_of_a_relay_is_what_it_took);
    g_test_add_func("/analysis/advice/outside", test_a_server_outside_the_ranges_is_named);
    g_test_add_func("/analysis/advice/no-media", test_without_media_nothing_is_advised);
    return g_test_run();
}
