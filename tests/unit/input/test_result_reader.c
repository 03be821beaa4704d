/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * result.json, read back: the golden one whole, and what is told about each that is wrong.
 */
#include "input/result_reader.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

static char *golden(void)
{
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "..", "golden",
                                             "result.json", NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* The golden result with `old` replaced once. */
static char *changed(const char *old, const char *new)
{
    g_autofree char *text = golden();
    const char *place = strstr(text, old);
    g_assert_nonnull(place);
    return g_strdup_printf("%.*s%s%s", (int)(place - text), text, new, place + strlen(old));
}

static MpResult *read_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    MpResult *result = mp_result_parse("r.json", text, strlen(text), &error);
    g_assert_no_error(error);
    return result;
}

static void test_the_run_is_read(void)
{
    g_autofree char *text = golden();
    g_autoptr(MpResult) result = read_text(text);
    const MpInterface *interface = result->environment->interfaces->pdata[0];
    g_assert_cmpstr(result->started, ==, "2025-04-01T09:30:00Z");
    g_assert_cmpfloat(result->duration_ms, ==, 12345.678);
    g_assert_cmpstr(result->scenario, ==, "lab clean");
    g_assert_cmpstr(result->profile, ==, "bellface");
    g_assert_cmpstr(result->role, ==, "host");
    g_assert_cmpstr(result->lang, ==, "en");
    g_assert_false(result->is_interrupted);
    g_assert_false(result->is_emulated);
    g_assert_cmpstr(interface->name, ==, "eth0");
    g_assert_cmpuint(interface->mtu, ==, 1500);
    g_assert_cmpstr(interface->addresses->pdata[0], ==, "10.0.0.2");
    g_assert_cmpuint(result->environment->cpu_cores, ==, 2);
    g_assert_cmpfloat(result->environment->cpu_headroom, ==, 0.715);
    g_assert_true(isnan(result->environment->memory_available_mb));
    g_assert_null(result->environment->browser.name);
}

static void test_what_was_measured_is_read(void)
{
    g_autofree char *text = golden();
    g_autoptr(MpResult) result = read_text(text);
    const MpMeasurement *stun = result->measurements->pdata[0];
    const MpMeasurement *unrun = result->measurements->pdata[4];
    double ms = 0;
    g_assert_cmpuint(result->measurements->len, ==, 5);
    g_assert_cmpstr(stun->kind, ==, "stun");
    g_assert_cmpfloat(stun->started_ms, ==, 0.125);
    g_assert_cmpstr(mp_facts_string(stun->facts, "mapped_address"), ==, "203.0.113.7:40001");
    g_assert_true(mp_facts_number(mp_measurement_stage(stun, "binding"), "ms", &ms));
    g_assert_cmpfloat(ms, ==, 12);
    g_assert_cmpint(unrun->outcome, ==, MP_OUTCOME_NOT_RUN);
    g_assert_cmpint(unrun->transport, ==, MP_TRANSPORT_TCP);
}

static void test_what_follows_from_it_is_left_to_the_judge(void)
{
    g_autofree char *text = golden();
    g_autoptr(MpResult) result = read_text(text);
    g_assert_cmpuint(result->paths->len, ==, 0);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(result->requirements->len, ==, 0);
    g_assert_cmpint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void assert_plan(const MpResult *result)
{
    static const MpWay ways[] = {MP_WAY_UDP, MP_WAY_TURN_UDP, MP_WAY_UDP, MP_WAY_TURN_UDP,
                                 MP_WAY_TURN_TCP};
    g_assert_cmpuint(result->plan->len, ==, G_N_ELEMENTS(ways));
    for (guint i = 0; i < result->plan->len; i++) {
        const MpStep *step = result->plan->pdata[i];
        g_assert_cmpint(step->way, ==, ways[i]);
        g_assert_cmpint(step->deadline, ==, MP_SEC(5));
        g_assert_true((step->server == NULL) == g_str_equal(step->id, "media-udp"));
    }
    const MpStep *turn = result->plan->pdata[1];
    g_assert_cmpstr(turn->server->host, ==, "168.100.64.9");
    g_assert_cmpuint(turn->server->port, ==, 3478);
    g_assert_true(turn->server->is_turn);
}

static void test_the_plan_is_read(void)
{
    g_autofree char *text = golden();
    g_autoptr(MpResult) result = read_text(text);
    assert_plan(result);
}

/* Before the plan said which way a step goes. */
static void test_the_id_tells_the_way_in_early_results(void)
{
    g_autofree char *text = golden();
    g_autoptr(GRegex) regex = g_regex_new("\n *\"way\": \"[a-z-]*\",", 0, 0, NULL);
    g_autofree char *early = g_regex_replace_literal(regex, text, -1, 0, "", 0, NULL);
    g_assert_null(strstr(early, "\"way\""));
    g_autoptr(MpResult) result = read_text(early);
    assert_plan(result);
}

#define STEP(id, more)                                                                             \
    "{\"id\": \"" id "\", \"kind\": \"stun\", \"target\": \"stun:a.example:3478\", "               \
    "\"transport\": \"udp\", \"deadline_ms\": 1" more "}, "

static void test_families(void)
{
    g_autofree char *text = changed("\"plan\": [",
                                    "\"plan\": [" STEP("a", "") STEP("a/v6", "") STEP("b", "")
                                        STEP("c", ", \"family\": \"ipv6\""));
    g_autoptr(MpResult) result = read_text(text);
    static const MpFamily families[] = {MP_FAMILY_IPV4, MP_FAMILY_IPV6, MP_FAMILY_NONE,
                                        MP_FAMILY_IPV6};
    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        g_assert_cmpint(((const MpStep *)result->plan->pdata[i])->family, ==, families[i]);
}

static void test_a_web_host_is_a_server(void)
{
    g_autofree char *text = changed("\"plan\": [",
                                    "\"plan\": [{\"id\": \"web:a\", \"kind\": \"web\", "
                                    "\"target\": \"a.example:443\", \"transport\": \"tls\", "
                                    "\"deadline_ms\": 1}, ");
    g_autoptr(MpResult) result = read_text(text);
    const MpStep *step = result->plan->pdata[0];
    g_assert_cmpstr(step->server->host, ==, "a.example");
    g_assert_cmpuint(step->server->port, ==, 443);
    g_assert_cmpint(step->server->transport, ==, MP_TRANSPORT_TLS);
}

static void test_the_codec_is_that_of_the_offer_or_of_the_answer(void)
{
    g_autofree char *told = changed("\"way\": \"udp\",", "\"way\": \"udp\", \"codec\": \"av1\",");
    g_autofree char *early = changed("\"tier\": \"720p\"\n      }",
                                     "\"tier\": \"720p\", \"codec\": \"h264\"}");
    g_autoptr(MpResult) result = read_text(told);
    g_autoptr(MpResult) answered = read_text(early);
    g_assert_cmpstr(((const MpStep *)result->plan->pdata[2])->codec, ==, "av1");
    g_assert_cmpstr(((const MpStep *)answered->plan->pdata[3])->codec, ==, "h264");
}

static void test_the_browser_is_read(void)
{
    g_autofree char *text = changed("\"os\":",
                                    "\"browser\": {\"name\": \"Edge\", \"version\": 131, "
                                    "\"system\": \"macOS\", \"system_version\": \"10.15\"}, "
                                    "\"os\":");
    g_autoptr(MpResult) result = read_text(text);
    const MpBrowser *browser = &result->environment->browser;
    g_assert_cmpstr(browser->name, ==, "Edge");
    g_assert_cmpuint(browser->version, ==, 131);
    g_assert_cmpstr(browser->system, ==, "macOS");
    g_assert_cmpuint(browser->system_major, ==, 10);
    g_assert_cmpuint(browser->system_minor, ==, 15);
}

static void expect_refusal(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_result_parse("r.json", text, strlen(text), &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void test_each_mistake_is_told_with_its_place(void)
{
    static const struct {
        const char *old;
        const char *new;
        const char *expected;
    } rows[] = {
        {"\"mediapath-result/1\"", "\"mediapath-result/2\"",
         "/schema: schema \"mediapath-result/2\" was found, expected "
         "\"mediapath-result/1\": another version of mediapath wrote it"},
        {"\"schema\"", "\"scheme\"",
         "no schema \"mediapath-result/1\" was found, expected a result of mediapath "
         "check --json"},
        {"\"verdict\": \"stable\",", "\"verdict\": \"fine\",",
         "/forecast/screen_share/verdict: \"fine\" was found, expected one of "
         "stable, degraded, unstable, unknown"},
        {"\"mtu\": 1500", "\"mtu\": \"1500\"",
         "/environment/interfaces/0/mtu: \"1500\" was found, expected a whole "
         "number"},
        {"\"duration_ms\": 12345.678", "\"duration_ms\": null",
         "/duration_ms: nothing was found, expected a number"},
        {"\"role\": \"host\"", "\"a/b~c\": \"host\"",
         "/a~1b~0c: key \"a/b~c\" was found, expected one of"},
        {"\"target\": \"stun:192.0.2.5:3478\"", "\"target\": \"192.0.2.5:3478\"",
         "/plan/0/target: \"192.0.2.5:3478\" was found, expected a STUN or TURN URI "
         "such as \"stun:host:3478\""},
        {"\"id\": \"turn-udp:168.100.64.9:3478\"", "\"id\": \"stun:192.0.2.5:3478\"",
         "/plan/1/id: \"stun:192.0.2.5:3478\" was found, expected each step once"},
        {"\"usable\": false", "\"usable\": 0",
         "/paths/0/usable: number 0 was found, expected true or false"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = changed(rows[i].old, rows[i].new);
        g_autoptr(GError) error = NULL;
        g_assert_null(mp_result_parse("r.json", text, strlen(text), &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        const char *place = strchr(error->message, ' ');
        if (!g_str_has_prefix(place + 1, rows[i].expected))
            g_assert_cmpstr(place + 1, ==, rows[i].expected);
    }
}

static void test_a_place_has_line_and_column(void)
{
    expect_refusal("{\n  \"schema\": \"mediapath-result/7\"}",
                   "r.json:2:13: /schema: schema \"mediapath-result/7\" was found, expected "
                   "\"mediapath-result/1\": another version of mediapath wrote it");
}

static void test_a_measurement_belongs_to_a_step(void)
{
    g_autofree char *text = changed("\"plan\": [", "\"plan\": [], \"interrupted\": [");
    g_autofree char *unplanned = changed("\"id\": \"stun:192.0.2.5:3478\"",
                                         "\"id\": \"stun:192.0.2.6:3478\"");
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_result_parse("r.json", text, strlen(text), &error));
    g_clear_error(&error);
    g_assert_null(mp_result_parse("r.json", unplanned, strlen(unplanned), &error));
    g_assert_nonnull(strstr(error->message,
                            ": /measurements/0/id: measurement \"stun:192.0.2.5:3478\" was found, "
                            "expected one of each step of the plan, of its kind"));
}

static void test_what_another_version_wrote_is_told(void)
{
    g_autofree char *text = changed("\"version\": \"", "\"extra\": 1, \"version\": \"9");
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_result_parse("r.json", text, strlen(text), &error));
    g_assert_nonnull(strstr(error->message, "key \"extra\" was found"));
    g_assert_nonnull(strstr(error->message, "(mediapath 9"));
}

static void test_what_is_no_json_is_told(void)
{
    expect_refusal("", "r.json:1:1: nothing was found, expected a document");
    expect_refusal("[1]", "r.json:1:1: no schema \"mediapath-result/1\" was found, expected a "
                          "result of mediapath check --json");
    expect_refusal("\xff", "r.json:1:1: byte 0xff was found, expected UTF-8 text");
}

static void test_a_terminal_is_told_nothing(void)
{
    g_autofree char *text = changed("\"lab clean\"", "\"\\u001b[2Jlab\"");
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_result_parse("r.json", text, strlen(text), &error));
    g_assert_nonnull(strstr(error->message, "a control character was found, expected text"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/result_reader/run", test_the_run_is_read);
    g_test_add_func("/result_reader/measured", test_what_was_measured_is_read);
    g_test_add_func("/result_reader/judged", test_what_follows_from_it_is_left_to_the_judge);
    g_test_add_func("/result_reader/plan", test_the_plan_is_read);
    g_test_add_func("/result_reader/early", test_the_id_tells_the_way_in_early_results);
    g_test_add_func("/result_reader/families", test_families);
    g_test_add_func("/result_reader/web", test_a_web_host_is_a_server);
    g_test_add_func("/result_reader/codec", test_the_codec_is_that_of_the_offer_or_of_the_answer);
    g_test_add_func("/result_reader/browser", test_the_browser_is_read);
    g_test_add_func("/result_reader/mistakes", test_each_mistake_is_told_with_its_place);
    g_test_add_func("/result_reader/place", test_a_place_has_line_and_column);
    g_test_add_func("/result_reader/unplanned", test_a_measurement_belongs_to_a_step);
    g_test_add_func("/result_reader/version", test_what_another_version_wrote_is_told);
    g_test_add_func("/result_reader/no_json", test_what_is_no_json_is_told);
    g_test_add_func("/result_reader/terminal", test_a_terminal_is_told_nothing);
    return g_test_run();
}
