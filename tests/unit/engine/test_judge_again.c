/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a check wrote and what is judged again from it: the same, and no fact of a file makes more
 * of it than a judgement.
 */
#include <glib/gstdio.h>
#include <mediapath/report.h>
#include <string.h>

#include "analysis/judge.h"
#include "base/splitmix.h"
#include "input/profile_reader.h"
#include "input/result_reader.h"
#include "report/json_evidence.h"
#include "tests/support/result_builder.h"

/* Numbers with more digits than are written: near a limit they decide. */
#define DIRECTION                                                                                  \
    "{\"packets_sent\": 1801, \"packets_received\": 1792, \"loss_percent\": 0.4997224, "           \
    "\"unexplained_lost\": 9, \"loss\": {\"packets\": 9, \"low_percent\": 0.2, "                   \
    "\"high_percent\": 0.9, \"periods\": 9, \"bursts\": 0}, \"burst_length\": 1, "                 \
    "\"pdv_p95_ms\": 29.9999999, \"jitter_ms\": 1.23456789, \"tester_error_ms\": 0.03333333}"
#define TIMING                                                                                     \
    "{\"timer_late_p50_ms\": 0.01, \"timer_late_p99_ms\": 0.123456789, \"receive_overflows\": 0}"
#define CALL                                                                                       \
    "{\"rtt_ms\": {\"min\": 18.00049, \"p50\": 20.12349, \"p95\": 25.99951, \"p99\": 27.1, "       \
    "\"max\": 30}, \"up\": " DIRECTION ", \"down\": " DIRECTION ", \"timing\": " TIMING            \
    ", \"far_timing\": " TIMING "}"

static const BuiltCase cases[] = {
    {.stun = NULL},
    {.media_udp = "gather answered, whip answered 201, ice silent"},
    {.turn_tls = "resolve answered, connect answered, tls intercepted certificate has expired"},
    {.turn_udp = "resolve answered, binding silent", .media_udp = ""},
    {.turn_udp = "resolve answered, binding answered, allocate auth_failed 401 Unauthorized"},
    {.stun = "resolve silent", .turn_udp = "resolve silent", .turn_tcp = "resolve silent"},
    {.media_udp = "gather answered, whip answered 201, ice answered, dtls silent"},
};

static MpStep *step_of(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->plan->len; i++)
        if (g_strcmp0(((const MpStep *)result->plan->pdata[i])->id, id) == 0)
            return result->plan->pdata[i];
    return NULL;
}

/* As the planner has it: media knows its relay. */
static void name_relays(MpResult *result)
{
    for (guint i = 0; i < result->plan->len; i++) {
        MpStep *step = result->plan->pdata[i];
        const MpStep *relay = step_of(result, step->requires_id);
        if (relay)
            step->server = mp_server_uri_copy(relay->server);
    }
}

/* Everything that the schema wants of a call. */
static void refine_calls(MpResult *result)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        MpMeasurement *measurement = result->measurements->pdata[i];
        if (json_object_has_member(measurement->facts, "rtt_ms"))
            built_facts(measurement, CALL);
    }
}

static MpResult *measured(const BuiltCase *built)
{
    MpResult *result = built_result(built);
    name_relays(result);
    built_web(result, "a.tokbox.com", "resolve answered, connect refused");
    built_ports(result, "216.147.0.20", "3000-3999 5000");
    refine_calls(result);
    result->started = g_strdup("2026-01-02T03:04:05Z");
    result->duration_ms = 1234.56789;
    result->profile = g_strdup("bellface");
    result->lang = g_strdup("ja");
    result->is_emulated = TRUE;
    result->environment->cpu_headroom = 0.39999999;
    result->environment->browser = mp_browser_from_user_agent(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0");
    return result;
}

static char *write_file(const char *text)
{
    char *path = g_build_filename(g_get_tmp_dir(), "judge-again.json", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void assert_judged_alike(const BuiltCase *built)
{
    const MpTextOptions options = {.columns = 100};
    g_autoptr(GError) error = NULL;
    g_autoptr(MpResult) result = measured(built);
    g_autoptr(MpProfile) profile = mp_profile_load("bellface", &error);
    mp_result_settle(result);
    mp_judge(result, profile);
    g_autofree char *json = mp_report_json(result);
    g_autofree char *text = mp_report_text(result, &options);
    g_autofree char *path = write_file(json);

    const MpResultSource source = {.file = path};
    g_autoptr(MpResult) again = mp_result_judge_again(&source, &error);
    g_assert_no_error(error);
    g_autofree char *json_again = mp_report_json(again);
    g_autofree char *text_again = mp_report_text(again, &options);
    g_assert_cmpstr(json_again, ==, json);
    g_assert_cmpstr(text_again, ==, text);
    g_unlink(path);
}

static void test_what_a_check_wrote_is_judged_alike(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_judged_alike(&cases[i]);
}

static void test_another_version_is_named(void)
{
    g_autoptr(MpResult) result = mp_result_new();
    result->version = g_strdup("0.0.1");
    g_autofree char *json = mp_report_json(result);
    g_assert_nonnull(strstr(json, "\"version\": \"0.0.1\""));
    g_assert_nonnull(strstr(json, "\"judged_by\": \""));
}

/* -- facts from anywhere ----------------------------------------------------------------------- */

/* What stands in the place of a fact; NULL: nothing. */
static const char *const strangers[] = {
    "null", "true", "-1",   "1e300",  "\"x\"",   "\"\"",       "[]",           "{}",
    "[1]",  "[{}]", "[[]]", "[null]", "[\"x\"]", "{\"x\": 1}", "{\"ms\": []}", NULL,
};

/* A member of an object somewhere inside. */
typedef struct {
    JsonObject *holder;
    char *name;
} Place;

/* NULL: there is no object in it. */
static JsonObject *object_inside(JsonNode *node, guint64 *seed)
{
    if (JSON_NODE_HOLDS_OBJECT(node))
        return json_node_get_object(node);
    if (!JSON_NODE_HOLDS_ARRAY(node) || json_array_get_length(json_node_get_array(node)) == 0)
        return NULL;
    JsonArray *array = json_node_get_array(node);
    const guint index = (guint)(mp_splitmix_next(seed) % json_array_get_length(array));
    return mp_facts_object_at(array, index);
}

static Place pick(JsonObject *facts, guint64 *seed)
{
    g_autoptr(GList) names = json_object_get_members(facts);
    const char *name = g_list_nth_data(names,
                                       (guint)(mp_splitmix_next(seed) % g_list_length(names)));
    JsonObject *inside = object_inside(json_object_get_member(facts, name), seed);
    if (inside && json_object_get_size(inside) > 0 && mp_splitmix_next(seed) % 4 > 0)
        return pick(inside, seed);
    return (Place){facts, g_strdup(name)};
}

/* The schema lets no other stages through. */
static gboolean is_promised(const Place *place)
{
    return g_str_equal(place->name, "stages") || (json_object_has_member(place->holder, "name") &&
                                                  json_object_has_member(place->holder, "outcome"));
}

static void put(const Place *place, const char *stranger)
{
    if (stranger)
        json_object_set_member(place->holder, place->name, json_from_string(stranger, NULL));
    else
        json_object_remove_member(place->holder, place->name);
}

static void judge_and_show(MpResult *result, const MpProfile *profile)
{
    const MpTextOptions options = {.columns = 80};
    mp_judge(result, profile);
    g_autofree char *text = mp_report_text(result, &options);
    g_autofree char *json = mp_report_json(result);
    g_assert_nonnull(text);
    g_assert_nonnull(json);
}

static void try_strangers(const char *name, guint n_tries)
{
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "results", name, NULL);
    g_autoptr(MpResult) result = mp_result_read(path, NULL);
    g_autoptr(MpProfile) profile = mp_profile_load("bellface", NULL);
    guint64 seed = n_tries;
    g_assert_nonnull(result);
    for (guint i = 0; i < n_tries; i++) {
        const guint which = (guint)(mp_splitmix_next(&seed) % result->measurements->len);
        MpMeasurement *measurement = result->measurements->pdata[which];
        if (json_object_get_size(measurement->facts) == 0)
            continue;
        Place place = pick(measurement->facts, &seed);
        if (is_promised(&place)) {
            g_free(place.name);
            continue;
        }
        g_autoptr(JsonNode) before = json_object_dup_member(place.holder, place.name);
        put(&place, strangers[mp_splitmix_next(&seed) % G_N_ELEMENTS(strangers)]);
        judge_and_show(result, profile);
        json_object_set_member(place.holder, place.name, g_steal_pointer(&before));
        g_free(place.name);
    }
}

static void test_no_fact_is_trusted(void)
{
    static const char *const names[] = {"call.json", "blocked.json", "proxy.json",
                                        "dual-stack.json"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        try_strangers(names[i], 250);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/judge_again/alike", test_what_a_check_wrote_is_judged_alike);
    g_test_add_func("/judge_again/version", test_another_version_is_named);
    g_test_add_func("/judge_again/strangers", test_no_fact_is_trusted);
    return g_test_run();
}
