/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that make a map of ports.
 */
#include "plan/port_steps.h"

static MpTargets *all_targets(void)
{
    MpTargets *targets = mp_targets_new();
    g_ptr_array_add(targets->servers, mp_server_uri_parse("stun:stun.example", NULL));
    g_ptr_array_add(targets->servers, mp_server_uri_parse("turn:turn.example", NULL));
    targets->turn_password = mp_secret_new("password");
    targets->stamp_host = g_strdup("far.example");
    targets->stamp_key = mp_secret_new("key");
    g_ptr_array_add(targets->walk_targets, g_strdup("168.100.64.0/18"));
    return targets;
}

static void assert_ids(const MpTargets *targets, const char *const *only, const char *const *skip,
                       const char *expected)
{
    const MpPlanOptions options = {.only = only, .skip = skip, .budget = MP_SEC(120)};
    g_autoptr(GPtrArray) steps = mp_plan_ports(targets, &options, 3);
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < steps->len; i++) {
        const MpStep *step = steps->pdata[i];
        g_string_append_printf(ids, "%s%s", i ? " " : "", step->id);
        g_assert_cmpuint(step->phase, ==, 3 + i);
        g_assert_true(step->is_alone);
        g_assert_cmpuint(step->first_port, ==, 1025);
        g_assert_cmpuint(step->last_port, ==, 65535);
    }
    g_assert_cmpstr(ids->str, ==, expected);
}

static void each_way_is_asked_by_request_only(void)
{
    static const char *const all[] = {"ports", "ports-relay", "ports-walk", NULL};
    static const char *const one[] = {"ports-relay", NULL};
    g_autoptr(MpTargets) targets = all_targets();
    assert_ids(targets, all, NULL, "ports ports-relay ports-walk");
    assert_ids(targets, one, NULL, "ports-relay");
    assert_ids(targets, all, one, "ports ports-walk");
    assert_ids(targets, NULL, NULL, "");
}

static void a_way_without_a_far_end_is_not_planned(void)
{
    static const char *const all[] = {"ports", "ports-relay", "ports-walk", NULL};
    g_autoptr(MpTargets) targets = all_targets();
    g_clear_pointer(&targets->stamp_key, mp_secret_free);
    g_clear_pointer(&targets->turn_password, mp_secret_free);
    assert_ids(targets, all, NULL, "ports-walk");
    g_ptr_array_set_size(targets->walk_targets, 0);
    assert_ids(targets, all, NULL, "");
}

/* What is let out toward one host says nothing of another, nor IPv4 of IPv6. */
static void every_host_and_family_has_a_walk_of_its_own(void)
{
    static const char *const all[] = {"ports-walk", NULL};
    static const char *const more[] = {"2001:db8:8000::/40", "216.147.0.0/18", "192.0.2.7",
                                       "turn.example", "192.0.2.7"};
    g_autoptr(MpTargets) targets = all_targets();
    for (guint i = 0; i < G_N_ELEMENTS(more); i++)
        g_ptr_array_add(targets->walk_targets, g_strdup(more[i]));
    assert_ids(targets, all, NULL,
               "ports-walk ports-walk:2001:db8:8000::/40 ports-walk:192.0.2.7 "
               "ports-walk:turn.example");
    const MpPlanOptions options = {.only = all, .has_both_families = TRUE, .budget = MP_SEC(120)};
    g_autoptr(GPtrArray) steps = mp_plan_ports(targets, &options, 0);
    const MpStep *prefixes = steps->pdata[0];
    const MpStep *last = steps->pdata[steps->len - 1];
    g_assert_cmpuint(steps->len, ==, 5);
    g_assert_cmpuint(prefixes->goals->len, ==, 2);
    g_assert_cmpstr(last->id, ==, "ports-walk:turn.example/v6");
    g_assert_cmpuint(last->family, ==, MP_FAMILY_IPV6);
}

static void the_run_bounds_every_step(void)
{
    static const char *const all[] = {"ports", "ports-relay", "ports-walk", NULL};
    const MpPlanOptions options = {
        .only = all, .budget = MP_SEC(5), .first_port = 2000, .last_port = 2999, .port_rate = 77};
    g_autoptr(MpTargets) targets = all_targets();
    g_autoptr(GPtrArray) steps = mp_plan_ports(targets, &options, 0);
    for (guint i = 0; i < steps->len; i++) {
        const MpStep *step = steps->pdata[i];
        g_assert_cmpint(step->deadline, ==, MP_SEC(5));
        g_assert_cmpuint(step->first_port, ==, 2000);
        g_assert_cmpuint(step->last_port, ==, 2999);
        g_assert_cmpuint(step->port_rate, ==, 77);
    }
    g_assert_cmpstr(((const MpStep *)steps->pdata[1])->server->host, ==, "turn.example");
}

static void a_slow_rate_has_its_time(void)
{
    static const char *const far_end[] = {"ports", NULL};
    const MpPlanOptions options = {.only = far_end, .budget = MP_SEC(6000), .port_rate = 100};
    g_autoptr(MpTargets) targets = all_targets();
    g_autoptr(GPtrArray) steps = mp_plan_ports(targets, &options, 0);
    g_assert_cmpint(((const MpStep *)steps->pdata[0])->deadline, >, MP_SEC(655));
}

/* -- the sample of every check ----------------------------------------------------------------- */

static const MpStep *find_step(const GPtrArray *steps, const char *id)
{
    for (guint i = 0; i < steps->len; i++)
        if (g_str_equal(((const MpStep *)steps->pdata[i])->id, id))
            return steps->pdata[i];
    return NULL;
}

/* Of a check that has all kinds of far ends, with those steps besides. */
static GPtrArray *check_plan(const MpTargets *targets, const char *const *skip)
{
    const MpPlanOptions options = {.skip = skip, .budget = MP_SEC(120)};
    g_autoptr(MpProfile) profile = mp_profile_new();
    return mp_plan_make(targets, profile, &options);
}

static MpTargets *relay_targets(void)
{
    MpTargets *targets = all_targets();
    g_clear_pointer(&targets->stamp_key, mp_secret_free);
    g_ptr_array_set_size(targets->walk_targets, 0);
    g_ptr_array_add(targets->servers,
                    mp_server_uri_parse("turns:turn.example:443?transport=tcp", NULL));
    return targets;
}

static void a_check_asks_a_sample_of_the_best_way(void)
{
    static const char *const sweep[] = {"ports", NULL};
    g_autoptr(MpTargets) targets = all_targets();
    g_autoptr(GPtrArray) steps = check_plan(targets, NULL);
    const MpStep *sample = find_step(steps, "ports");
    g_assert_cmpuint(sample->n_sample, ==, 400);
    g_assert_true(sample->is_beside && sample->delays_media && !sample->is_alone);
    g_assert_null(find_step(steps, "ports-relay"));

    g_autoptr(GPtrArray) without = check_plan(targets, sweep);
    g_assert_null(find_step(without, "ports"));
    g_assert_cmpuint(find_step(without, "ports-relay")->n_sample, ==, 100);
}

/* Steps of TURN and a sample of its ports would share a quota. */
static void a_sample_begins_after_the_servers(void)
{
    g_autoptr(MpTargets) targets = all_targets();
    targets->responder_url = g_strdup("https://far.example/whip");
    g_autoptr(GPtrArray) steps = check_plan(targets, NULL);
    guint phase = 0;
    g_assert_cmpuint(find_step(steps, "ports")->phase, ==, 1);
    g_assert_cmpuint(find_step(steps, "computer")->phase, ==, 1);
    g_assert_cmpuint(find_step(steps, "media-udp")->phase, ==, 2);
    for (guint i = 0; i < steps->len; i++) {
        const MpStep *step = steps->pdata[i];
        g_assert_cmpuint(step->phase, >=, phase);
        /* The first of a phase says whether it measures alone. */
        g_assert_false(step->phase > phase && step->is_beside && !step->is_alone);
        phase = step->phase;
    }
}

static void a_sample_of_a_relay_takes_the_way_that_answered(void)
{
    g_autoptr(MpTargets) targets = relay_targets();
    g_autoptr(GPtrArray) steps = check_plan(targets, NULL);
    const MpStep *sample = find_step(steps, "ports-relay");
    g_assert_cmpstr(sample->requires_id, ==, "turn-udp:turn.example:3478");
    g_assert_cmpint(sample->server->transport, ==, MP_TRANSPORT_UDP);
    g_assert_cmpstr(sample->or_requires_id, ==, "turn-tls:turn.example:443");
    g_assert_cmpint(sample->or_server->transport, ==, MP_TRANSPORT_TLS);

    g_clear_pointer(&targets->turn_password, mp_secret_free);
    g_autoptr(GPtrArray) without = check_plan(targets, NULL);
    g_assert_null(find_step(without, "ports-relay"));
}

static void a_walk_goes_on_beside_media(void)
{
    g_autoptr(MpTargets) targets = all_targets();
    g_autoptr(GPtrArray) steps = check_plan(targets, NULL);
    const MpStep *walk = find_step(steps, "ports-walk");
    g_assert_true(walk->is_beside && !walk->delays_media);
    g_ptr_array_set_size(targets->walk_targets, 0);
    g_autoptr(GPtrArray) without = check_plan(targets, NULL);
    g_assert_null(find_step(without, "ports-walk"));
}

/* Whoever names what to run gets that; who goes other ways than UDP asks nothing about it. */
static void no_sample_where_others_were_asked_for(void)
{
    static const char *const only[] = {"stun", NULL};
    static const char *const relayed[] = {"turn-tcp", NULL};
    const MpPlanOptions others[] = {{.only = only, .budget = MP_SEC(120)},
                                    {.transports = relayed, .budget = MP_SEC(120)}};
    g_autoptr(MpTargets) targets = all_targets();
    g_autoptr(MpProfile) profile = mp_profile_new();
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(GPtrArray) steps = mp_plan_make(targets, profile, &others[i]);
        g_assert_null(find_step(steps, "ports"));
        g_assert_null(find_step(steps, "ports-walk"));
    }
}

/* The relay loop speaks TURN in datagrams of its own. */
static void a_relay_over_dtls_is_passed_over(void)
{
    static const char *const relay[] = {"ports-relay", NULL};
    g_autoptr(MpTargets) targets = all_targets();
    g_ptr_array_set_size(targets->servers, 0);
    g_ptr_array_add(targets->servers,
                    mp_server_uri_parse("turns:turn.example:443?transport=udp", NULL));
    assert_ids(targets, relay, NULL, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port-steps/walks", every_host_and_family_has_a_walk_of_its_own);
    g_test_add_func("/port-steps/request", each_way_is_asked_by_request_only);
    g_test_add_func("/port-steps/far-end", a_way_without_a_far_end_is_not_planned);
    g_test_add_func("/port-steps/rate", a_slow_rate_has_its_time);
    g_test_add_func("/port-steps/dtls", a_relay_over_dtls_is_passed_over);
    g_test_add_func("/port-steps/sample", a_check_asks_a_sample_of_the_best_way);
    g_test_add_func("/port-steps/sample-phase", a_sample_begins_after_the_servers);
    g_test_add_func("/port-steps/sample-relay", a_sample_of_a_relay_takes_the_way_that_answered);
    g_test_add_func("/port-steps/sample-walk", a_walk_goes_on_beside_media);
    g_test_add_func("/port-steps/sample-others", no_sample_where_others_were_asked_for);
    g_test_add_func("/port-steps/bounds", the_run_bounds_every_step);
    return g_test_run();
}
