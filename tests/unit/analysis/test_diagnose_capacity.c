/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about how much the way carries.
 */
#include <math.h>

#include "analysis/judge.h"
#include "tests/support/result_builder.h"

#define FREE "{\"low_kbps\": 14550, \"value_kbps\": 15000, \"limiter\": \"none\"}"
#define LINE(low, value, high)                                                                     \
    "{\"low_kbps\": " #low ", \"value_kbps\": " #value ", \"high_kbps\": " #high                   \
    ", \"limiter\": \"queue\"}"
#define POLICED(value, burst)                                                                      \
    "{\"low_kbps\": " #value ", \"value_kbps\": " #value ", \"high_kbps\": " #value                \
    ", \"limiter\": \"policer\", \"burst_bytes\": " #burst "}"

/* The product asks for 1 Mbps at least and recommends 10. */
static MpResult *with_capacity(const char *up, const char *down, const char *more)
{
    MpResult *result = built_result(&(BuiltCase){0});
    g_autofree char *facts = g_strdup_printf("{%s\"capacity\": {\"up\": %s, \"down\": %s}}", more,
                                             up, down);
    built_facts(built_measurement(result, "media-udp"), facts);
    g_autoptr(MpProfile) profile = built_profile();
    profile->least_kbps = 1000;
    profile->recommended_kbps = 10000;
    const MpTier best = {.name = g_strdup("720p"), .height = 720, .fps = 30, .rate_kbps = 2500};
    g_array_append_val(profile->sessions[MP_SESSION_LIVE_VIDEO].tiers, best);
    mp_judge(result, profile);
    return result;
}

static void enough_is_no_finding(void)
{
    g_autoptr(MpResult) result = with_capacity(FREE, FREE, "");
    const MpPath *path = result->paths->pdata[0];
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpfloat(path->up.capacity_kbps, ==, 15000);
    g_assert_cmpfloat(path->up.capacity_low_kbps, ==, 14550);
    g_assert_true(isnan(path->up.capacity_high_kbps));
}

static void the_narrower_direction_is_named(void)
{
    g_autoptr(MpResult) result = with_capacity(LINE(780, 800, 820), LINE(1900, 2000, 2100), "");
    const MpFinding *finding = built_only(result, "line-below-least");
    g_assert_cmpfloat(built_number(finding, "capacity_kbps"), ==, 800);
    g_assert_cmpfloat(built_number(finding, "limit_kbps"), ==, 1000);
    g_assert_cmpstr(built_text(finding, "direction"), ==, "up");
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
}

static void less_than_recommended_is_said_and_no_more(void)
{
    g_autoptr(MpResult) result = with_capacity(FREE, LINE(1950, 2000, 2050), "");
    const MpFinding *finding = built_only(result, "line-below-recommended");
    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_INFO);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);
}

static void an_interval_that_reaches_the_limit_is_no_finding(void)
{
    g_autoptr(MpResult) result = with_capacity(LINE(9000, 9300, 9600), FREE, "");
    g_assert_cmpuint(result->findings->len, ==, 0);
    /* A line sold as 10 Mbps. */
    g_autoptr(MpResult) sold = with_capacity(LINE(9500, 9600, 9700), FREE, "");
    g_assert_cmpuint(sold->findings->len, ==, 0);
}

static void a_policer_below_the_camera_explains_what_media_shows(void)
{
    g_autoptr(MpResult) result = with_capacity(FREE, POLICED(800, 100000),
                                               "\"tier\": \"360p\", \"tier_kbps\": 500, ");
    const MpFinding *finding = built_only(result, "udp-policed");
    g_assert_cmpfloat(built_number(finding, "policed_kbps"), ==, 800);
    g_assert_cmpfloat(built_number(finding, "burst_kb"), ==, 100);
    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
}

static void a_policer_above_the_need_is_no_finding(void)
{
    g_autoptr(MpResult) result = with_capacity(POLICED(12000, 100000), FREE, "");
    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void a_relay_over_tcp_drops_by_itself(void)
{
    static const char *const ids[] = {"media-turn-udp", "media-turn-tcp"};
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        const char *const no_ice = "gather answered, whip answered 201, ice silent";
        g_autoptr(MpResult)
            result = built_result(&(BuiltCase){.media_udp = no_ice,
                                               .media_turn_udp = i > 0 ? no_ice : NULL,
                                               .media_turn_tls = no_ice});
        built_facts(built_measurement(result, ids[i]),
                    "{\"capacity\": {\"up\": " FREE ", \"down\": " POLICED(800, 50000) "}}");
        g_autoptr(MpProfile) profile = built_profile();
        profile->recommended_kbps = 10000;
        mp_judge(result, profile);
        g_assert_cmpint(built_find(result, "udp-policed") != NULL, ==, i == 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capacity/enough", enough_is_no_finding);
    g_test_add_func("/capacity/narrower direction", the_narrower_direction_is_named);
    g_test_add_func("/capacity/recommended", less_than_recommended_is_said_and_no_more);
    g_test_add_func("/capacity/interval", an_interval_that_reaches_the_limit_is_no_finding);
    g_test_add_func("/capacity/policer", a_policer_below_the_camera_explains_what_media_shows);
    g_test_add_func("/capacity/policer above", a_policer_above_the_need_is_no_finding);
    g_test_add_func("/capacity/over-tcp", a_relay_over_tcp_drops_by_itself);
    return g_test_run();
}
