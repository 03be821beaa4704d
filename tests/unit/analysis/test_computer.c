/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The computer against tables of computers, what follows for the virtual background, and the
 * findings.
 */
#include <math.h>

#include "analysis/judge.h"
#include "tests/support/result_builder.h"

#define TABLES                                                                                     \
    "{\"tables\": ["                                                                               \
    "{\"id\": \"host\", \"role\": \"host\", \"device\": \"pc\", \"rows\": ["                       \
    " {\"systems\": [{\"name\": \"Windows\", \"least\": \"10\"},"                                  \
    "                {\"name\": \"macOS\", \"least\": \"10.15\"}]},"                               \
    " {\"browsers\": [\"Google Chrome\", \"Microsoft Edge (Chromium)\"]},"                         \
    " {\"numbers\": {\"memory_total_mb\": 8192, \"memory_available_mb\": 2048}}]},"                \
    "{\"id\": \"host-recording\", \"role\": \"host\", \"device\": \"pc\", \"rows\": ["             \
    " {\"numbers\": {\"cpu_cores\": 4, \"cpu_ghz\": 2, \"memory_available_mb\": 4096,"             \
    "  \"recommended_kbps\": 10000, \"disk_free_gb\": 64}}]},"                                     \
    "{\"id\": \"guest-mac\", \"role\": \"guest\", \"device\": \"pc\", \"rows\": ["                 \
    " {\"systems\": [{\"name\": \"macOS\", \"least\": \"10.15\"}]},"                               \
    " {\"browsers\": [\"Safari\", \"Google Chrome\"]}]},"                                          \
    "{\"id\": \"guest-windows\", \"role\": \"guest\", \"device\": \"pc\", \"rows\": ["             \
    " {\"systems\": [{\"name\": \"Windows\", \"least\": \"10\"}]},"                                \
    " {\"browsers\": [\"Google Chrome\"]}]},"                                                      \
    "{\"id\": \"guest-pc\", \"role\": \"guest\", \"device\": \"pc\", \"rows\": ["                  \
    " {\"numbers\": {\"memory_total_mb\": 4096, \"least_kbps\": 1000}}]},"                         \
    "{\"id\": \"guest-iphone\", \"role\": \"guest\", \"device\": \"phone\", \"rows\": ["           \
    " {\"systems\": [{\"name\": \"iOS\", \"least\": \"14\"}]},"                                    \
    " {\"browsers\": [\"Safari\"]}]}],"                                                            \
    "\"features\": [{\"feature\": \"virtual_background\","                                         \
    " \"browsers\": [\"Google Chrome\", \"Microsoft Edge (Chromium)\"]}]}"

#define COMPUTER                                                                                   \
    "{\"processor_ghz\": 2.6, \"disk_free_gb\": 80,"                                               \
    " \"background_frame_ms\": {\"count\": 300, \"p50\": 5, \"p95\": 6, \"max\": 9}}"

static MpProfile *make_profile(void)
{
    MpProfile *profile = built_profile();
    g_autoptr(JsonNode) tables = json_from_string(TABLES, NULL);
    json_object_unref(profile->environment);
    profile->environment = json_node_dup_object(tables);
    const MpTier best = {.name = g_strdup("720p"), .height = 720, .fps = 30, .rate_kbps = 2500};
    g_array_append_val(profile->sessions[MP_SESSION_LIVE_VIDEO].tiers, best);
    MpLimit *limit = mp_limit_new("background_frame_p95_ms");
    limit->stable = 11.1;
    limit->degraded = 33.3;
    g_ptr_array_add(profile->sessions[MP_SESSION_VIRTUAL_BACKGROUND].limits, limit);
    return profile;
}

/* A healthy network; the computer as its step tells it, or without such a step. */
static MpResult *make_result(const char *role, MpBrowser browser, const char *computer)
{
    MpResult *result = built_result(&(BuiltCase){0});
    g_free(result->role);
    result->role = g_strdup(role);
    result->environment->browser = browser;
    result->environment->cpu_cores = 4;
    result->environment->memory_total_mb = 16000;
    result->environment->memory_available_mb = 8000;
    if (!computer)
        return result;
    g_ptr_array_add(result->plan, mp_step_new("computer", "computer"));
    MpMeasurement *measurement = mp_measurement_new("computer", "computer", "computer",
                                                    MP_TRANSPORT_UDP);
    built_facts(measurement, computer);
    g_ptr_array_add(result->measurements, measurement);
    return result;
}

static MpResult *judged(MpResult *result)
{
    g_autoptr(MpProfile) profile = make_profile();
    mp_judge(result, profile);
    return result;
}

static const MpComputerRow *row_of(const MpResult *result, const char *table, const char *item)
{
    for (guint i = 0; i < result->computer->len; i++) {
        const MpComputerRow *row = result->computer->pdata[i];
        if (g_str_equal(row->table, table) && g_str_equal(row->item, item))
            return row;
    }
    g_assert_not_reached();
}

static void assert_state(const MpResult *result, const char *table, const char *item,
                         MpRequirementState state)
{
    g_assert_cmpuint(row_of(result, table, item)->state, ==, state);
}

static gboolean has_finding(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (g_str_equal(((const MpFinding *)result->findings->pdata[i])->id, id))
            return TRUE;
    return FALSE;
}

static void a_good_computer_meets_what_was_measured(void)
{
    g_autoptr(MpResult) result = judged(make_result("host", (MpBrowser){0}, COMPUTER));
    static const char *const items[] = {"cpu_cores", "cpu_ghz", "memory_available_mb",
                                        "disk_free_gb"};
    for (gsize i = 0; i < G_N_ELEMENTS(items); i++)
        assert_state(result, "host-recording", items[i], MP_REQUIREMENT_MET);
    /* 2.5 Mbps were carried, more was not offered. */
    assert_state(result, "host-recording", "recommended_kbps", MP_REQUIREMENT_UNKNOWN);
    /* Nobody said what the caller has. */
    assert_state(result, "host", "system", MP_REQUIREMENT_UNKNOWN);
    assert_state(result, "host", "browser", MP_REQUIREMENT_UNKNOWN);
    assert_state(result, "guest-pc", "memory_total_mb", MP_REQUIREMENT_NOT_APPLICABLE);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
}

static void a_line_that_carried_less_than_was_offered_fails(void)
{
    MpResult *built = make_result("guest", (MpBrowser){0}, COMPUTER);
    built_facts(built_measurement(built, "media-udp"), "{\"tier\": \"360p\", \"tier_kbps\": 500}");
    g_autoptr(MpResult) result = judged(built);
    assert_state(result, "guest-pc", "least_kbps", MP_REQUIREMENT_FAILED);
    g_assert_cmpfloat(row_of(result, "guest-pc", "least_kbps")->found, ==, 500);
}

/* The narrower direction decides, and the end of its interval that speaks against it. */
static void a_speed_is_judged_by_the_capacity(void)
{
    MpResult *built = make_result("host", (MpBrowser){0}, COMPUTER);
    built_facts(built_measurement(built, "media-udp"),
                "{\"capacity\": {\"up\": {\"low_kbps\": 1900, \"value_kbps\": 2000, "
                "\"high_kbps\": 2100}, \"down\": {\"low_kbps\": 14550, \"value_kbps\": 15000}}}");
    g_autoptr(MpResult) result = judged(built);
    assert_state(result, "host-recording", "recommended_kbps", MP_REQUIREMENT_FAILED);
    g_assert_cmpfloat(row_of(result, "host-recording", "recommended_kbps")->found, ==, 2000);

    built = make_result("host", (MpBrowser){0}, COMPUTER);
    built_facts(built_measurement(built, "media-udp"),
                "{\"capacity\": {\"up\": {\"low_kbps\": 9600, \"value_kbps\": 9700, "
                "\"high_kbps\": 9800}, \"down\": {\"low_kbps\": 14550, \"value_kbps\": 15000}}}");
    g_autoptr(MpResult) enough = judged(built);
    assert_state(enough, "host-recording", "recommended_kbps", MP_REQUIREMENT_MET);
}

static void a_part_of_the_memory_belongs_to_the_graphics(void)
{
    MpResult *built = make_result("host", (MpBrowser){0}, COMPUTER);
    built->environment->memory_total_mb = 7600;
    g_autoptr(MpResult) result = judged(built);
    assert_state(result, "host", "memory_total_mb", MP_REQUIREMENT_MET);
}

static void little_memory_is_a_finding_of_the_tester(void)
{
    MpResult *built = make_result("host", (MpBrowser){0}, COMPUTER);
    built->environment->memory_available_mb = 1500;
    g_autoptr(MpResult) result = judged(built);
    const MpFinding *finding = built_only(result, "computer-memory-low");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
    g_assert_cmpfloat(built_number(finding, "memory_available_mb"), ==, 1500);
    g_assert_cmpfloat(built_number(finding, "memory_available_mb_limit"), ==, 2048);
}

/* Whether this call will be recorded is not known: the row fails, and that is all. */
static void memory_for_recording_only_is_no_finding(void)
{
    MpResult *built = make_result("host", (MpBrowser){0}, COMPUTER);
    built->environment->memory_available_mb = 3000;
    g_autoptr(MpResult) result = judged(built);
    assert_state(result, "host-recording", "memory_available_mb", MP_REQUIREMENT_FAILED);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
}

static void a_host_needs_chrome_or_edge(void)
{
    g_autoptr(MpResult)
        result = judged(make_result("host", (MpBrowser){"Firefox", 133, "Windows", 10, 0}, NULL));
    assert_state(result, "host", "system", MP_REQUIREMENT_MET);
    assert_state(result, "host", "browser", MP_REQUIREMENT_FAILED);
    g_assert_true(has_finding(result, "browser-unsupported"));
    g_assert_true(has_finding(result, "browser-without-background"));
    g_assert_cmpint(mp_result_exit_code(result), ==, 1);
}

static void an_old_system_is_not_supported(void)
{
    g_autoptr(MpResult)
        result = judged(make_result("host", (MpBrowser){"Chrome", 100, "macOS", 10, 14}, NULL));
    assert_state(result, "host", "system", MP_REQUIREMENT_FAILED);
    g_assert_cmpstr(row_of(result, "host", "system")->found_text, ==, "macOS 10.14");
    const MpFinding *finding = built_only(result, "system-unsupported");
    g_assert_cmpstr(built_text(finding, "system"), ==, "macOS 10.14");
}

/* Each guest has the table of the own system; the others are not about that guest. */
static void a_guest_is_judged_by_the_table_of_the_system(void)
{
    g_autoptr(MpResult)
        result = judged(make_result("guest", (MpBrowser){"Chrome", 131, "Windows", 10, 0}, NULL));
    assert_state(result, "guest-windows", "browser", MP_REQUIREMENT_MET);
    assert_state(result, "guest-mac", "browser", MP_REQUIREMENT_NOT_APPLICABLE);
    assert_state(result, "guest-iphone", "system", MP_REQUIREMENT_NOT_APPLICABLE);
    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void a_phone_is_no_host_but_may_be_a_guest(void)
{
    const MpBrowser phone = {"Safari", 17, "iOS", 17, 5};
    g_autoptr(MpResult) guest = judged(make_result("guest", phone, NULL));
    assert_state(guest, "guest-iphone", "system", MP_REQUIREMENT_MET);
    assert_state(guest, "guest-mac", "system", MP_REQUIREMENT_NOT_APPLICABLE);
    g_autoptr(MpResult) host = judged(make_result("host", phone, NULL));
    assert_state(host, "host", "system", MP_REQUIREMENT_FAILED);
    g_assert_true(has_finding(host, "system-unsupported"));
}

static void what_was_measured_here_says_nothing_about_another_computer(void)
{
    g_autoptr(MpResult) result = judged(
        make_result("host", (MpBrowser){"Chrome", 131, "Windows", 10, 0}, COMPUTER));
    assert_state(result, "host", "memory_total_mb", MP_REQUIREMENT_UNKNOWN);
    g_assert_true(isnan(row_of(result, "host", "memory_total_mb")->found));
}

static MpResult *with_frames(const char *p95)
{
    g_autofree char *facts = g_strdup_printf("{\"background_frame_ms\": {\"p95\": %s}}", p95);
    return judged(make_result("host", (MpBrowser){0}, facts));
}

/* A third of the 33.3 ms of a frame, and the whole. */
static void slow_frames_limit_the_virtual_background_only(void)
{
    static const struct {
        const char *p95;
        MpVerdict verdict;
    } cases[] = {{"11.1", MP_VERDICT_STABLE},
                 {"11.2", MP_VERDICT_DEGRADED},
                 {"33.3", MP_VERDICT_DEGRADED},
                 {"34", MP_VERDICT_UNSTABLE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MpResult) result = with_frames(cases[i].p95);
        const MpForecast *background = result->forecasts[MP_SESSION_VIRTUAL_BACKGROUND];
        g_assert_cmpuint(background->verdict, ==, cases[i].verdict);
        g_assert_cmpuint(result->forecasts[MP_SESSION_LIVE_VIDEO]->verdict, ==, MP_VERDICT_STABLE);
        if (cases[i].verdict == MP_VERDICT_STABLE)
            continue;
        g_assert_cmpstr(background->limiting_factor, ==, "background_frame_p95_ms");
        built_only(result, "computer-slow-for-background");
    }
}

/* A step that was planned and measured nothing keeps the session from being called stable; a run
 * that leaves the computer out judges the network. */
static void an_unmeasured_computer_is_unknown_unless_it_was_left_out(void)
{
    g_autoptr(MpResult) failed = judged(make_result("host", (MpBrowser){0}, "{}"));
    g_assert_cmpuint(failed->forecasts[MP_SESSION_VIRTUAL_BACKGROUND]->verdict, ==,
                     MP_VERDICT_UNKNOWN);
    g_autoptr(MpResult) left_out = judged(make_result("host", (MpBrowser){0}, NULL));
    g_assert_cmpuint(left_out->forecasts[MP_SESSION_VIRTUAL_BACKGROUND]->verdict, ==,
                     MP_VERDICT_STABLE);
}

/* The call itself is none the worse for it. */
static void a_browser_without_backgrounds_is_told(void)
{
    g_autoptr(MpResult)
        result = judged(make_result("guest", (MpBrowser){"Safari", 17, "macOS", 10, 15}, COMPUTER));
    const MpForecast *background = result->forecasts[MP_SESSION_VIRTUAL_BACKGROUND];
    g_assert_cmpstr(background->limiting_factor, ==, MP_FACTOR_BROWSER);
    g_assert_cmpuint(background->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);
    g_assert_cmpstr(built_text(built_only(result, "browser-without-background"), "browser"), ==,
                    "Safari");
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
}

static void a_busy_processor_has_a_finding(void)
{
    MpResult *built = make_result("host", (MpBrowser){0}, COMPUTER);
    built->environment->cpu_headroom = 0.2;
    g_autoptr(MpResult) result = judged(built);
    const MpFinding *finding = built_only(result, "processor-busy");
    g_assert_cmpfloat_with_epsilon(built_number(finding, "headroom_percent"), 20, 1e-9);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/computer/good", a_good_computer_meets_what_was_measured);
    g_test_add_func("/analysis/computer/slow-line",
                    a_line_that_carried_less_than_was_offered_fails);
    g_test_add_func("/analysis/computer/capacity", a_speed_is_judged_by_the_capacity);
    g_test_add_func("/analysis/computer/graphics", a_part_of_the_memory_belongs_to_the_graphics);
    g_test_add_func("/analysis/computer/memory", little_memory_is_a_finding_of_the_tester);
    g_test_add_func("/analysis/computer/recording", memory_for_recording_only_is_no_finding);
    g_test_add_func("/analysis/computer/firefox-host", a_host_needs_chrome_or_edge);
    g_test_add_func("/analysis/computer/old-system", an_old_system_is_not_supported);
    g_test_add_func("/analysis/computer/guest", a_guest_is_judged_by_the_table_of_the_system);
    g_test_add_func("/analysis/computer/phone", a_phone_is_no_host_but_may_be_a_guest);
    g_test_add_func("/analysis/computer/another",
                    what_was_measured_here_says_nothing_about_another_computer);
    g_test_add_func("/analysis/computer/frames", slow_frames_limit_the_virtual_background_only);
    g_test_add_func("/analysis/computer/left-out",
                    an_unmeasured_computer_is_unknown_unless_it_was_left_out);
    g_test_add_func("/analysis/computer/safari", a_browser_without_backgrounds_is_told);
    g_test_add_func("/analysis/computer/busy", a_busy_processor_has_a_finding);
    return g_test_run();
}
