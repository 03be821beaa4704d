/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of a check.
 */
#include "plan/planner.h"

static MpTargets *make_targets(const char *const *uris, const char *responder)
{
    MpTargets *targets = mp_targets_new();
    for (; *uris; uris++) {
        MpServerUri *server = mp_server_uri_parse(*uris, NULL);
        g_assert_nonnull(server);
        g_ptr_array_add(targets->servers, server);
    }
    targets->responder_url = g_strdup(responder);
    return targets;
}

static GPtrArray *make_plan_with(const char *const *uris, const char *responder,
                                 const MpPlanOptions *options)
{
    g_autoptr(MpTargets) targets = make_targets(uris, responder);
    g_autoptr(MpProfile) profile = mp_profile_new();
    MpTier tier = {.name = g_strdup("720p"), .height = 720, .fps = 30, .rate_kbps = 2500};
    if (!profile->sessions[MP_SESSION_LIVE_VIDEO].tiers) {
        profile->sessions[MP_SESSION_LIVE_VIDEO].tiers = g_array_new(FALSE, FALSE, sizeof(MpTier));
        g_array_set_clear_func(profile->sessions[MP_SESSION_LIVE_VIDEO].tiers,
                               (GDestroyNotify)mp_tier_clear);
    }
    g_array_append_val(profile->sessions[MP_SESSION_LIVE_VIDEO].tiers, tier);
    return mp_plan_make(targets, profile, options);
}

/* The servers and media: the other kinds are steps of their own. */
static const char *const calls[] = {"stun", "turn", "media", NULL};

static GPtrArray *make_plan(const char *const *uris, const char *responder)
{
    const MpPlanOptions options = {.only = calls, .media_time = MP_SEC(4), .budget = MP_SEC(60)};
    return make_plan_with(uris, responder, &options);
}

static void assert_ids(const GPtrArray *plan, const char *expected)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < plan->len; i++)
        g_string_append_printf(ids, "%s%s", i ? " " : "", ((const MpStep *)plan->pdata[i])->id);
    g_assert_cmpstr(ids->str, ==, expected);
}

static const char *const all_servers[] = {"stun:stun.example", "turn:turn.example?transport=udp",
                                          "turn:turn.example?transport=tcp",
                                          "turns:turn.example:443?transport=tcp", NULL};

/* No browser takes it: there is nothing to learn from media over it. */
static void test_turn_over_dtls_is_asked_but_carries_no_media(void)
{
    static const char *const servers[] = {"turns:turn.example:443?transport=udp", NULL};
    g_autoptr(GPtrArray) plan = make_plan(servers, "https://far.example/whip");
    assert_ids(plan, "turn-dtls:turn.example:443 media-udp");
}

/* The ids of the steps over IPv4 stay what they are elsewhere. */
static void test_with_both_families_each_name_is_asked_over_each(void)
{
    static const char *const servers[] = {"stun:stun.example", "turn:turn.example",
                                          "turn:192.0.2.7", NULL};
    const MpPlanOptions options = {
        .only = calls, .media_time = MP_SEC(4), .budget = MP_SEC(60), .has_both_families = TRUE};
    g_autoptr(GPtrArray) plan = make_plan_with(servers, "https://far.example/whip", &options);
    assert_ids(plan, "stun:stun.example:3478 stun:stun.example:3478/v6 "
                     "turn-udp:turn.example:3478 turn-udp:turn.example:3478/v6 "
                     "turn-udp:192.0.2.7:3478 media-udp media-turn-udp");
    const MpStep *plain = plan->pdata[2];
    const MpStep *beside = plan->pdata[3];
    const MpStep *media = plan->pdata[6];
    g_assert_cmpint(plain->family, ==, MP_FAMILY_IPV4);
    g_assert_cmpint(beside->family, ==, MP_FAMILY_IPV6);
    g_assert_cmpstr(media->requires_id, ==, plain->id);
}

/* RFC 5928 is about TURN: its records lead the Binding there as well. */
static void test_a_binding_to_a_turn_server_is_led_by_the_records_of_turn(void)
{
    static const char *const servers[] = {"turn:turn.example", NULL};
    g_autoptr(GPtrArray) plan = make_plan(servers, NULL);
    const MpStep *stun = plan->pdata[0];
    g_assert_cmpstr(stun->id, ==, "stun:turn.example:3478");
    g_assert_true(stun->server->lacks_port);
    g_assert_true(stun->server->asks_turn_server);
}

static void test_ids(void)
{
    g_autoptr(GPtrArray) plan = make_plan(all_servers, "https://far.example/whip");
    assert_ids(plan, "stun:stun.example:3478 turn-udp:turn.example:3478 "
                     "turn-tcp:turn.example:3478 turn-tls:turn.example:443 "
                     "media-udp media-turn-udp media-turn-tcp media-turn-tls");
}

static void test_servers_side_by_side_then_media_alone(void)
{
    g_autoptr(GPtrArray) plan = make_plan(all_servers, "https://far.example/whip");
    const guint phases[] = {0, 0, 0, 0, 1, 1, 1, 1};
    for (guint i = 0; i < plan->len; i++) {
        const MpStep *step = plan->pdata[i];
        g_assert_cmpuint(step->phase, ==, phases[i]);
        g_assert_cmpint(step->is_alone, ==, phases[i] > 0);
    }
}

static void test_the_computer_is_looked_at_alone_and_before_media(void)
{
    const MpPlanOptions options = {.skip = (const char *const[]){"nat", "web", NULL},
                                   .budget = MP_SEC(60)};
    const char *const servers[] = {"stun:stun.example", NULL};
    const char *const none[] = {NULL};
    g_autoptr(GPtrArray) plan = make_plan_with(servers, "https://far.example/whip", &options);
    assert_ids(plan, "stun:stun.example:3478 computer media-udp");
    const MpStep *computer = plan->pdata[1];
    g_assert_true(computer->is_alone);
    g_assert_cmpuint(computer->phase, >, ((const MpStep *)plan->pdata[0])->phase);
    g_assert_cmpuint(computer->phase, <, ((const MpStep *)plan->pdata[2])->phase);

    /* Alone only by request. */
    g_autoptr(GPtrArray) nothing = make_plan_with(none, NULL, &options);
    assert_ids(nothing, "");
    const MpPlanOptions only = {.only = (const char *const[]){"computer", NULL},
                                .budget = MP_SEC(60)};
    g_autoptr(GPtrArray) asked_for = make_plan_with(none, NULL, &only);
    assert_ids(asked_for, "computer");
}

static void test_media_through_a_relay_requires_its_turn_step(void)
{
    g_autoptr(GPtrArray) plan = make_plan(all_servers, "https://far.example/whip");
    const MpStep *direct = plan->pdata[4];
    const MpStep *tls = plan->pdata[7];
    g_assert_null(direct->requires_id);
    g_assert_null(direct->server);
    g_assert_cmpstr(tls->requires_id, ==, "turn-tls:turn.example:443");
    g_assert_cmpint(tls->way, ==, MP_WAY_TURN_TLS);
    g_assert_cmpstr(g_array_index(tls->tiers, MpTier, 0).name, ==, "720p");
}

static void test_times(void)
{
    g_autoptr(GPtrArray) plan = make_plan(all_servers, "https://far.example/whip");
    const MpStep *stun = plan->pdata[0];
    const MpStep *direct = plan->pdata[4];
    const MpStep *relayed = plan->pdata[5];
    g_assert_cmpint(stun->deadline, ==, MP_SEC(5));
    g_assert_cmpint(direct->media_time, ==, MP_SEC(4));
    g_assert_cmpint(relayed->media_time, ==, MP_MSEC(1500));
    g_assert_cmpint(direct->deadline, >, direct->media_time);
    /* Each may have to wait for all the others. */
    g_assert_cmpint(relayed->deadline, ==, direct->deadline);
}

static void test_no_step_outlives_the_budget(void)
{
    const MpPlanOptions options = {.media_time = MP_SEC(4), .budget = MP_SEC(3)};
    g_autoptr(GPtrArray) plan = make_plan_with(all_servers, "https://far.example/whip", &options);
    for (guint i = 0; i < plan->len; i++)
        g_assert_cmpint(((const MpStep *)plan->pdata[i])->deadline, <=, MP_SEC(3));
}

static void test_the_first_server_of_a_transport_carries_media(void)
{
    const char *const uris[] = {"stun:a", "turn:b?transport=udp", "turn:c?transport=udp", NULL};
    g_autoptr(GPtrArray) plan = make_plan(uris, "https://far.example/whip");
    assert_ids(plan, "stun:a:3478 turn-udp:b:3478 turn-udp:c:3478 media-udp media-turn-udp");
    g_assert_cmpstr(((const MpStep *)plan->pdata[4])->server->host, ==, "b");
}

static void test_turn_over_udp_is_asked_by_stun_when_none_is_given(void)
{
    const char *const uris[] = {"turn:b:3479?transport=tcp", "turns:b:443?transport=tcp",
                                "turn:[2001:db8::1]:3480?transport=udp", NULL};
    g_autoptr(GPtrArray) plan = make_plan(uris, NULL);
    assert_ids(plan, "stun:[2001:db8::1]:3480 turn-tcp:b:3479 turn-tls:b:443 "
                     "turn-udp:[2001:db8::1]:3480");
}

static void test_the_same_server_is_asked_once(void)
{
    const char *const uris[] = {"stun:a", "stun:a:3478", NULL};
    g_autoptr(GPtrArray) plan = make_plan(uris, NULL);
    assert_ids(plan, "stun:a:3478");
}

static void test_no_responder_no_media(void)
{
    g_autoptr(GPtrArray) plan = make_plan(all_servers, NULL);
    g_assert_cmpuint(plan->len, ==, 4);
}

static void test_only_and_skip(void)
{
    const char *const media[] = {"media", NULL};
    const MpPlanOptions only = {.only = media, .media_time = MP_SEC(4), .budget = MP_SEC(60)};
    const MpPlanOptions skip = {
        .only = calls, .skip = media, .media_time = MP_SEC(4), .budget = MP_SEC(60)};
    g_autoptr(GPtrArray) alone = make_plan_with(all_servers, "https://far.example/whip", &only);
    g_autoptr(GPtrArray) rest = make_plan_with(all_servers, "https://far.example/whip", &skip);
    /* Nothing has proven the relays. */
    assert_ids(alone, "media-udp");
    g_assert_cmpuint(rest->len, ==, 4);
}

static void test_only_the_ways_that_are_asked_for(void)
{
    const char *const ways[] = {"turn-tls", "udp", NULL};
    const MpPlanOptions options = {
        .only = calls, .transports = ways, .media_time = MP_SEC(4), .budget = MP_SEC(60)};
    g_autoptr(GPtrArray) plan = make_plan_with(all_servers, "https://far.example/whip", &options);
    assert_ids(plan, "stun:stun.example:3478 turn-tls:turn.example:443 media-udp media-turn-tls");
}

static void test_nat_is_asked_of_one_server_beside_the_rest(void)
{
    const char *const nat[] = {"nat", NULL};
    const char *const others[] = {"computer", "web", NULL};
    const MpPlanOptions all = {.skip = others, .media_time = MP_SEC(4), .budget = MP_SEC(60)};
    const MpPlanOptions only = {.only = nat, .budget = MP_SEC(60)};
    const MpPlanOptions longer = {.nat_lifetime = MP_SEC(40), .budget = MP_SEC(60)};
    g_autoptr(GPtrArray) plan = make_plan_with(all_servers, NULL, &all);
    g_autoptr(GPtrArray) alone = make_plan_with(all_servers, NULL, &only);
    g_autoptr(GPtrArray) patient = make_plan_with(all_servers, NULL, &longer);
    const MpStep *step = plan->pdata[5];
    g_assert_cmpstr(((const MpStep *)plan->pdata[4])->id, ==, "nat:stun.example:3478");
    g_assert_cmpstr(step->id, ==, "nat-lifetime:stun.example:3478");
    g_assert_cmpint(step->longest_idle, ==, MP_SEC(12));
    g_assert_true(step->is_beside && step->ends_early);
    assert_ids(alone, "nat:stun.example:3478 nat-lifetime:stun.example:3478");
    g_assert_false(((const MpStep *)alone->pdata[1])->ends_early);
    g_assert_cmpint(((const MpStep *)patient->pdata[5])->longest_idle, ==, MP_SEC(40));
    g_assert_false(((const MpStep *)patient->pdata[5])->ends_early);
}

static void test_nat_takes_a_server_on_udp(void)
{
    const char *const nat[] = {"nat", NULL};
    const MpPlanOptions only = {.only = nat, .budget = MP_SEC(60)};
    const char *const relays[] = {"turn:b?transport=tcp", "turn:c:3479?transport=udp", NULL};
    const char *const streams[] = {"turn:b?transport=tcp", "turns:b:443?transport=tcp", NULL};
    g_autoptr(GPtrArray) relay = make_plan_with(relays, NULL, &only);
    g_autoptr(GPtrArray) stream = make_plan_with(streams, NULL, &only);
    assert_ids(relay, "nat:c:3479 nat-lifetime:c:3479");
    assert_ids(stream, "");
}

/* Rows for both roles, for the host alone, and one that names nothing to visit. */
static MpProfile *profile_with_hosts(void)
{
    static const struct {
        const char *name;
        const char *probe;
        const char *service;
        gboolean for_guest;
    } rows[] = {
        {"*.example.com", "www.example.com", "HTTPS", TRUE},
        {"www.example.com", NULL, "WSS", FALSE},
        {"host.example", NULL, "HTTPS", FALSE},
        {"stun.example", NULL, "STUN", TRUE},
    };
    MpProfile *profile = mp_profile_new();
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        MpRequirementRow *row = mp_requirement_row_new();
        MpHostPattern *host = mp_host_pattern_new(rows[i].name);
        if (rows[i].probe)
            g_ptr_array_add(host->probe_names, g_strdup(rows[i].probe));
        row->for_host = TRUE;
        row->for_guest = rows[i].for_guest;
        g_ptr_array_add(row->hosts, host);
        g_ptr_array_add(row->services, g_strdup(rows[i].service));
        g_ptr_array_add(profile->rows, row);
    }
    return profile;
}

static GPtrArray *plan_of_hosts(gboolean is_guest, gboolean lacks_web)
{
    const char *const web[] = {"web", NULL};
    const MpPlanOptions options = {.only = web, .is_guest = is_guest, .budget = MP_SEC(60)};
    const char *const none[] = {NULL};
    g_autoptr(MpTargets) targets = make_targets(none, NULL);
    g_autoptr(MpProfile) profile = profile_with_hosts();
    targets->lacks_web = lacks_web;
    return mp_plan_make(targets, profile, &options);
}

static void test_hosts_of_the_roles_rows_are_asked_once(void)
{
    g_autoptr(GPtrArray) host = plan_of_hosts(FALSE, FALSE);
    g_autoptr(GPtrArray) guest = plan_of_hosts(TRUE, FALSE);
    assert_ids(host, "web:www.example.com web:host.example");
    assert_ids(guest, "web:www.example.com");
    g_assert_true(((const MpStep *)host->pdata[0])->wants_websocket);
    g_assert_false(((const MpStep *)host->pdata[1])->wants_websocket);
    g_assert_false(((const MpStep *)guest->pdata[0])->wants_websocket);
}

static void test_a_lab_without_web_servers_is_not_asked(void)
{
    g_autoptr(GPtrArray) plan = plan_of_hosts(FALSE, TRUE);
    assert_ids(plan, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/planner/computer", test_the_computer_is_looked_at_alone_and_before_media);
    g_test_add_func("/planner/dtls", test_turn_over_dtls_is_asked_but_carries_no_media);
    g_test_add_func("/planner/families", test_with_both_families_each_name_is_asked_over_each);
    g_test_add_func("/planner/records",
                    test_a_binding_to_a_turn_server_is_led_by_the_records_of_turn);
    g_test_add_func("/planner/ids", test_ids);
    g_test_add_func("/planner/servers-side-by-side-then-media-alone",
                    test_servers_side_by_side_then_media_alone);
    g_test_add_func("/planner/media-through-a-relay-requires-its-turn-step",
                    test_media_through_a_relay_requires_its_turn_step);
    g_test_add_func("/planner/times", test_times);
    g_test_add_func("/planner/no-step-outlives-the-budget", test_no_step_outlives_the_budget);
    g_test_add_func("/planner/the-first-server-of-a-transport-carries-media",
                    test_the_first_server_of_a_transport_carries_media);
    g_test_add_func("/planner/turn-over-udp-is-asked-by-stun-when-none-is-given",
                    test_turn_over_udp_is_asked_by_stun_when_none_is_given);
    g_test_add_func("/planner/the-same-server-is-asked-once", test_the_same_server_is_asked_once);
    g_test_add_func("/planner/no-responder-no-media", test_no_responder_no_media);
    g_test_add_func("/planner/only-and-skip", test_only_and_skip);
    g_test_add_func("/planner/only-the-ways-that-are-asked-for",
                    test_only_the_ways_that_are_asked_for);
    g_test_add_func("/planner/nat-beside-the-rest",
                    test_nat_is_asked_of_one_server_beside_the_rest);
    g_test_add_func("/planner/nat-on-udp", test_nat_takes_a_server_on_udp);
    g_test_add_func("/planner/hosts", test_hosts_of_the_roles_rows_are_asked_once);
    g_test_add_func("/planner/no-hosts", test_a_lab_without_web_servers_is_not_asked);
    return g_test_run();
}
