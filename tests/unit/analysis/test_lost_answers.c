/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What loss alone can silence is no evidence; what it cannot is.
 */
#include "analysis/lost_answers.h"

#include "tests/support/result_builder.h"

#define STUN "stun:" BUILT_TURN ":3478"
#define TURN_UDP "turn-udp:" BUILT_TURN ":3478"
#define TURN_TCP "turn-tcp:" BUILT_TURN ":3478"
#define TURN_TLS "turn-tls:" BUILT_TURN ":443"

static void loses(MpResult *result, double percent)
{
    g_autofree char *facts = g_strdup_printf(
        "{\"loss\": {\"transactions\": 20, \"percent\": 40, \"low\": %g, \"high\": 70}}", percent);
    built_facts(built_measurement(result, STUN), facts);
}

static void waited(MpResult *result, const char *id, double ms)
{
    JsonObject *broken = mp_measurement_broken_stage(built_measurement(result, id));
    json_object_set_double_member(broken, "ms", ms);
}

static gboolean is_chance(const MpResult *result, const char *id)
{
    JsonObject *broken = mp_measurement_broken_stage(mp_result_measurement(result, id));
    return json_object_has_member(broken, "loss_chance");
}

static MpRequirementState state_of(const MpResult *result, const char *service,
                                   const char *protocol)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_str_equal(requirement->service, service) &&
            g_str_equal(requirement->protocol, protocol))
            return requirement->state;
    }
    g_assert_not_reached();
}

static void chances_are_those_of_independent_losses(void)
{
    const MpAnswerLoss tenth = {.share = 0.1};
    const MpAnswerLoss half = {.share = 0.5};
    const MpAnswerLoss hardly = {.share = 0.04};
    const MpAnswerLoss none = {0};
    g_assert_cmpfloat_with_epsilon(mp_answer_loss_chance(&tenth, 3, 1, 1, 1), 1e-3, 1e-9);
    g_assert_cmpfloat_with_epsilon(mp_answer_loss_chance(&tenth, 3, 1, 2, 2), 1e-6, 1e-12);
    g_assert_cmpfloat_with_epsilon(mp_answer_loss_chance(&tenth, 1, 2, 1, 1), 0.19, 1e-9);
    g_assert_cmpfloat_with_epsilon(mp_answer_loss_chance(&half, 1, 1, 2, 3), 0.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(mp_answer_loss_chance(&half, 1, 1, 1, 3), 0.875, 1e-9);
    g_assert_cmpfloat(mp_answer_loss_chance(&hardly, 1, 1, 1, 1), ==, 0);
    g_assert_cmpfloat(mp_answer_loss_chance(&none, 1, 1, 1, 1), ==, 0);
}

static void one_silence_on_a_lossy_path_is_no_blocked_port(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = "connect silent"});
    loses(result, 28);
    waited(result, TURN_TLS, 2000);
    built_judged(result);
    const MpFinding *finding = built_only(result, "path-lossy");
    g_assert_cmpstr(built_text(finding, "silent"), ==, TURN_TLS);
    g_assert_cmpfloat_with_epsilon(built_number(finding, "loss_percent"), 28, 1e-9);
    g_assert_cmpstr(finding->evidence->pdata[0], ==, STUN);
    g_assert_true(finding->is_likely);
    g_assert_cmpint(state_of(result, "TURN", "tcp"), ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpint(state_of(result, "TURN", "udp"), ==, MP_REQUIREMENT_MET);
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        g_assert_cmpint(path->usable, ==,
                        path->way == MP_WAY_TURN_TLS ? MP_USABLE_UNKNOWN : MP_USABLE_YES);
    }
}

static void the_same_silence_without_loss_is_one(void)
{
    static const double shares[] = {0, 4.9};
    for (gsize i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = "connect silent"});
        loses(result, shares[i]);
        waited(result, TURN_TLS, 2000);
        built_judged(result);
        built_only(result, "turn-tls-443-blocked");
        g_assert_cmpint(state_of(result, "TURN", "tcp"), ==, MP_REQUIREMENT_FAILED);
    }
}

/* Five questions each, all lost at 28 %: once in 600 times, and both once in 300,000. */
static void a_port_that_is_silent_to_everybody_is_blocked_on_a_lossy_path_too(void)
{
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.stun = "binding silent", .turn_udp = "binding silent"});
    built_facts(built_ports(result, BUILT_RESPONDER, ""), "{\"loss_percent\": 28}");
    waited(result, STUN, 7900);
    waited(result, TURN_UDP, 7900);
    built_judged(result);
    g_assert_false(is_chance(result, STUN));
    g_assert_nonnull(built_find(result, "udp-3478-blocked"));
    g_assert_null(built_find(result, "path-lossy"));
}

/* Only silence can be loss: whoever answers was reached. */
static void a_refusal_is_no_loss(void)
{
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.turn_tls = "connect prohibited from 203.0.113.1"});
    loses(result, 28);
    built_judged(result);
    g_assert_false(is_chance(result, TURN_TLS));
    built_only(result, "turn-tls-443-blocked");
}

/* Both ends of the relay bind their channel: the stage that broke is the second of that name. */
static void the_second_stage_of_a_name_counts(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .turn_udp = "binding answered, allocate answered, channel answered, channel silent"});
    loses(result, 28);
    waited(result, TURN_UDP, 3000);
    built_judged(result);
    built_only(result, "path-lossy");
}

static void a_record_that_does_not_come_is_no_blocked_media(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .media_udp = "gather answered, whip answered 201, ice answered, dtls answered, "
                     "srtp answered, media answered, record silent"});
    loses(result, 35);
    waited(result, "media-udp", 5000);
    built_judged(result);
    g_assert_cmpstr(built_text(built_find(result, "path-lossy"), "silent"), ==, "media-udp");
    g_assert_null(built_find(result, "media-blocked"));
}

static void one_host_of_many_is_chance_and_half_of_them_are_not(void)
{
    static const guint silent[] = {1, 10};
    for (gsize i = 0; i < G_N_ELEMENTS(silent); i++) {
        g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
        loses(result, 15);
        for (guint j = 0; j < 20; j++) {
            g_autofree char *host = g_strdup_printf("h%u.example", j);
            g_autofree char *id = g_strconcat("web:", host, NULL);
            built_web(result, host,
                      j < silent[i] ? "connect silent" : "connect answered, https answered 200");
            if (j < silent[i])
                waited(result, id, 3500);
        }
        built_judged(result);
        g_assert_cmpint(is_chance(result, "web:h0.example"), ==, silent[i] == 1);
    }
}

static void a_name_that_had_to_be_asked_twice_is_not_slow(void)
{
    static const double shares[] = {0, 28};
    for (gsize i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_autoptr(MpResult)
            result = built_result(&(BuiltCase){.turn_tcp = "resolve answered, binding answered"});
        JsonObject *resolve = mp_measurement_stage(built_measurement(result, TURN_TCP), "resolve");
        json_object_set_double_member(resolve, "ms", 2040);
        loses(result, shares[i]);
        built_judged(result);
        g_assert_cmpint(built_find(result, "name-slow") != NULL, ==, shares[i] == 0);
    }
}

/* What is judged again is judged by what it measured, not by the last judgement. */
static void an_old_mark_does_not_stay(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = "connect silent"});
    waited(result, TURN_TLS, 2000);
    json_object_set_double_member(mp_measurement_broken_stage(built_measurement(result, TURN_TLS)),
                                  "loss_chance", 0.5);
    built_judged(result);
    built_only(result, "turn-tls-443-blocked");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lost_answers/chances", chances_are_those_of_independent_losses);
    g_test_add_func("/lost_answers/one", one_silence_on_a_lossy_path_is_no_blocked_port);
    g_test_add_func("/lost_answers/no_loss", the_same_silence_without_loss_is_one);
    g_test_add_func("/lost_answers/blocked",
                    a_port_that_is_silent_to_everybody_is_blocked_on_a_lossy_path_too);
    g_test_add_func("/lost_answers/refusal", a_refusal_is_no_loss);
    g_test_add_func("/lost_answers/second_stage", the_second_stage_of_a_name_counts);
    g_test_add_func("/lost_answers/record", a_record_that_does_not_come_is_no_blocked_media);
    g_test_add_func("/lost_answers/hosts", one_host_of_many_is_chance_and_half_of_them_are_not);
    g_test_add_func("/lost_answers/name", a_name_that_had_to_be_asked_twice_is_not_slow);
    g_test_add_func("/lost_answers/again", an_old_mark_does_not_stay);
    return g_test_run();
}
