/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which ways are usable, and what is known of them.
 */
#include "analysis/paths.h"

#include <math.h>

#include "tests/support/result_builder.h"

static const MpPath *path_of(const MpResult *result, MpWay way)
{
    for (guint i = 0; i < result->paths->len; i++)
        if (((const MpPath *)result->paths->pdata[i])->way == way)
            return result->paths->pdata[i];
    g_assert_not_reached();
}

static MpUsable usable(const BuiltCase *built, MpWay way)
{
    g_autoptr(MpResult) result = built_result(built);
    mp_analysis_paths(result);
    return path_of(result, way)->usable;
}

static void a_healthy_network_has_four_ways_in_browser_order(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    mp_analysis_paths(result);

    g_assert_cmpuint(result->paths->len, ==, 4);
    for (guint i = 0; i < 4; i++) {
        const MpPath *path = result->paths->pdata[i];
        g_assert_cmpuint(path->way, ==, i);
        g_assert_cmpuint(path->usable, ==, MP_USABLE_YES);
    }
    g_assert_cmpuint(mp_analysis_preferred_path(result)->way, ==, MP_WAY_UDP);
}

static void a_way_nobody_planned_is_no_path(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tcp = "", .media_udp = ""});
    mp_analysis_paths(result);

    g_assert_cmpuint(result->paths->len, ==, 2);
    g_assert_cmpuint(((const MpPath *)result->paths->pdata[0])->way, ==, MP_WAY_TURN_UDP);
}

static void a_path_has_the_figures_of_its_media(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    mp_analysis_paths(result);
    const MpPath *path = path_of(result, MP_WAY_TURN_TLS);

    g_assert_cmpfloat(path->setup_ms, ==, 120);
    g_assert_cmpfloat(path->rtt_p95_ms, ==, 25);
    g_assert_cmpfloat(path->up.packets_sent, ==, 1000);
    g_assert_cmpfloat(path->down.pdv_p95_ms, ==, 2);
    g_assert_cmpstr(path->tier, ==, "720p");
    g_assert_cmpfloat(path->tier_kbps, ==, 2500);
    g_assert_cmpuint(path->measurements->len, ==, 2);
    g_assert_cmpstr(path->server, ==, "turns:168.100.64.10:443?transport=tcp");
    g_assert_null(path_of(result, MP_WAY_UDP)->server);
}

static void a_figure_that_is_no_fact_stays_unknown(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"), "{\"up\": {}, \"rtt_ms\": null}");
    mp_analysis_paths(result);
    const MpPath *path = path_of(result, MP_WAY_UDP);

    g_assert_true(isnan(path->up.loss_percent));
    g_assert_true(isnan(path->rtt_p95_ms));
    g_assert_cmpfloat(path->down.loss_percent, ==, 0);
    g_assert_cmpuint(path->usable, ==, MP_USABLE_YES);
}

static void media_that_the_network_broke_makes_the_way_unusable(void)
{
    g_assert_cmpuint(
        usable(&(BuiltCase){.media_udp = "gather answered, whip answered 201, ice silent"},
               MP_WAY_UDP),
        ==, MP_USABLE_NO);
    g_assert_cmpuint(
        usable(&(BuiltCase){.media_udp = "whip answered 201, ice answered, dtls answered, "
                                         "srtp silent"},
               MP_WAY_UDP),
        ==, MP_USABLE_NO);
}

static void a_far_end_that_could_not_be_asked_leaves_the_way_unknown(void)
{
    g_assert_cmpuint(usable(&(BuiltCase){.media_udp = "gather answered, whip silent"}, MP_WAY_UDP),
                     ==, MP_USABLE_UNKNOWN);
    g_assert_cmpuint(
        usable(&(BuiltCase){.media_udp = "gather answered, whip refused 503"}, MP_WAY_UDP), ==,
        MP_USABLE_UNKNOWN);
    g_assert_cmpuint(usable(&(BuiltCase){.media_udp = "not_run"}, MP_WAY_UDP), ==,
                     MP_USABLE_UNKNOWN);
}

static void a_missing_record_does_not_undo_media_that_flowed(void)
{
    g_assert_cmpuint(
        usable(&(BuiltCase){.media_udp = "whip answered 201, ice answered, dtls answered, "
                                         "srtp answered, media answered, record silent"},
               MP_WAY_UDP),
        ==, MP_USABLE_YES);
}

static void media_in_one_direction_is_no_way(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"),
                "{\"up\": {\"packets_sent\": 100, \"packets_received\": 0}}");
    mp_analysis_paths(result);

    g_assert_cmpuint(path_of(result, MP_WAY_UDP)->usable, ==, MP_USABLE_NO);
}

static void a_relay_that_the_network_keeps_is_no_way(void)
{
    g_assert_cmpuint(
        usable(&(BuiltCase){.turn_udp = "resolve answered, binding silent"}, MP_WAY_TURN_UDP), ==,
        MP_USABLE_NO);
    g_assert_cmpuint(usable(&(BuiltCase){.turn_tls = "resolve answered, connect answered, "
                                                     "tls intercepted self-signed certificate"},
                            MP_WAY_TURN_TLS),
                     ==, MP_USABLE_NO);
    g_assert_cmpuint(
        usable(&(BuiltCase){.turn_tcp = "resolve answered, connect refused"}, MP_WAY_TURN_TCP), ==,
        MP_USABLE_NO);
}

static void rejected_credentials_say_nothing_about_the_network(void)
{
    g_assert_cmpuint(usable(&(BuiltCase){.turn_udp = "binding answered, allocate auth_failed 401"},
                            MP_WAY_TURN_UDP),
                     ==, MP_USABLE_UNKNOWN);
    g_assert_cmpuint(
        usable(&(BuiltCase){.turn_udp = "binding answered, allocate quota 486"}, MP_WAY_TURN_UDP),
        ==, MP_USABLE_UNKNOWN);
    g_assert_cmpuint(usable(&(BuiltCase){.turn_udp = "resolve silent"}, MP_WAY_TURN_UDP), ==,
                     MP_USABLE_UNKNOWN);
}

static void a_relay_without_media_is_never_usable(void)
{
    const BuiltCase no_media = {.media_udp = "", .media_turn_udp = ""};
    g_autoptr(MpResult) result = built_result(&no_media);
    mp_analysis_paths(result);

    g_assert_cmpuint(path_of(result, MP_WAY_TURN_UDP)->usable, ==, MP_USABLE_UNKNOWN);
}

static void one_of_two_relays_out_of_reach_leaves_the_way_unknown(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.turn_udp = "binding silent", .media_turn_udp = "not_run"});
    built_server(result, "turn", MP_TRANSPORT_UDP, "168.100.64.11", 3478,
                 "binding answered, allocate answered");
    mp_analysis_paths(result);

    g_assert_cmpuint(path_of(result, MP_WAY_TURN_UDP)->usable, ==, MP_USABLE_UNKNOWN);
}

static void a_way_has_the_rounds_that_it_took_with_the_others(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "turn-tcp:168.100.64.10:3478"),
                "{\"rounds\": {\"ways\": 3, \"interval_ms\": 50, \"rtt_ms\": [20, null, 22]}}");
    mp_analysis_paths(result);

    const MpPath *path = path_of(result, MP_WAY_TURN_TCP);
    g_assert_cmpuint(path->rounds_ways, ==, 3);
    g_assert_cmpuint(path->rounds_ms->len, ==, 3);
    g_assert_cmpfloat(g_array_index(path->rounds_ms, double, 0), ==, 20);
    g_assert_true(isnan(g_array_index(path->rounds_ms, double, 1)));
    g_assert_cmpfloat(g_array_index(path->rounds_ms, double, 2), ==, 22);
    g_assert_cmpuint(path_of(result, MP_WAY_TURN_UDP)->rounds_ms->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/paths/rounds", a_way_has_the_rounds_that_it_took_with_the_others);
    g_test_add_func("/paths/four-ways", a_healthy_network_has_four_ways_in_browser_order);
    g_test_add_func("/paths/not-planned", a_way_nobody_planned_is_no_path);
    g_test_add_func("/paths/figures", a_path_has_the_figures_of_its_media);
    g_test_add_func("/paths/absent-fact", a_figure_that_is_no_fact_stays_unknown);
    g_test_add_func("/paths/media-broken", media_that_the_network_broke_makes_the_way_unusable);
    g_test_add_func("/paths/not-asked", a_far_end_that_could_not_be_asked_leaves_the_way_unknown);
    g_test_add_func("/paths/no-record", a_missing_record_does_not_undo_media_that_flowed);
    g_test_add_func("/paths/one-way", media_in_one_direction_is_no_way);
    g_test_add_func("/paths/relay-kept", a_relay_that_the_network_keeps_is_no_way);
    g_test_add_func("/paths/credentials", rejected_credentials_say_nothing_about_the_network);
    g_test_add_func("/paths/relay-without-media", a_relay_without_media_is_never_usable);
    g_test_add_func("/paths/two-relays", one_of_two_relays_out_of_reach_leaves_the_way_unknown);
    return g_test_run();
}
