/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bellface profile holds what the product's document says, and a wrong profile is refused at
 * the place of its mistake.
 */
#include <mediapath/profile.h>
#include <string.h>

#include "base/error.h"
#include "input/profile_reader.h"

static MpProfile *load_bellface(void)
{
    g_autoptr(GError) error = NULL;
    MpProfile *profile = mp_profile_load("bellface", &error);
    g_assert_no_error(error);
    return profile;
}

static const MpHostPattern *find_host(const MpRequirementRow *row, const char *name)
{
    for (guint i = 0; i < row->hosts->len; i++) {
        const MpHostPattern *host = g_ptr_array_index(row->hosts, i);
        if (g_str_equal(host->name, name))
            return host;
    }
    return NULL;
}

static gboolean has_range(const MpRequirementRow *row, const char *text)
{
    MpCidr wanted;
    g_assert_true(mp_cidr_parse(&wanted, text));
    for (guint i = 0; i < row->ranges->len; i++) {
        const MpCidr *range = &g_array_index(row->ranges, MpCidr, i);
        if (range->prefix_length == wanted.prefix_length &&
            mp_address_equal_ip(&range->base, &wanted.base))
            return TRUE;
    }
    return FALSE;
}

static void expect_port(const MpRequirementRow *row, guint index, gboolean is_tcp, guint first,
                        guint last)
{
    const MpPortRange *range = &g_array_index(row->ports, MpPortRange, index);
    g_assert_cmpint(range->is_tcp, ==, is_tcp);
    g_assert_cmpuint(range->first, ==, first);
    g_assert_cmpuint(range->last, ==, last);
}

static void every_row_is_there_in_the_documents_order(void)
{
    static const char *const rows[] = {
        "1-1",  "1-2",  "1-3",  "1-4",  "1-5",  "1-6",  "1-7",  "1-8",  "1-9",
        "1-10", "1-11", "1-12", "1-13", "1-14", "1-15", "1-16", "1-17", "1-18",
        "1-19", "2-1",  "2-2",  "2-3",  "2-4",  "2-5",  "2-6",  "2-7",  "3-1",
    };
    g_autoptr(MpProfile) profile = load_bellface();
    g_assert_cmpuint(profile->rows->len, ==, G_N_ELEMENTS(rows));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const MpRequirementRow *row = g_ptr_array_index(profile->rows, i);
        g_assert_cmpstr(row->row, ==, rows[i]);
        g_assert_true(mp_profile_row(profile, rows[i]) == row);
        g_assert_cmpint(row->is_required, ==, rows[i][0] != '2');
        g_assert_true(row->for_host);
        g_assert_true(g_str_has_suffix(row->source, rows[i]));
        g_assert_cmpstr(row->date, ==, "2026-11-22");
        g_assert_cmpstr(row->purpose.en, !=, row->purpose.ja);
    }
    g_assert_null(mp_profile_row(profile, "1-20"));
}

static void each_row_names_the_documents_number_of_hosts(void)
{
    static const struct {
        const char *row;
        guint hosts;
        guint ranges;
    } rows[] = {
        {"1-1", 1, 0},  {"1-2", 1, 0},  {"1-3", 2, 0},  {"1-4", 1, 0},  {"1-5", 1, 0},
        {"1-6", 1, 0},  {"1-7", 2, 0},  {"1-8", 1, 0},  {"1-9", 4, 0},  {"1-10", 1, 0},
        {"1-11", 1, 0}, {"1-12", 1, 0}, {"1-13", 1, 0}, {"1-14", 1, 0}, {"1-15", 14, 0},
        {"1-16", 2, 0}, {"1-17", 2, 0}, {"1-18", 3, 0}, {"1-19", 1, 0}, {"2-1", 2, 0},
        {"2-2", 6, 0},  {"2-3", 1, 3},  {"2-4", 1, 0},  {"2-5", 1, 0},  {"2-6", 2, 0},
        {"2-7", 1, 0},  {"3-1", 0, 62},
    };
    g_autoptr(MpProfile) profile = load_bellface();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const MpRequirementRow *row = mp_profile_row(profile, rows[i].row);
        g_test_message("row %s", rows[i].row);
        g_assert_cmpuint(row->hosts->len, ==, rows[i].hosts);
        g_assert_cmpuint(row->ranges->len, ==, rows[i].ranges);
    }
}

static void row_3_1_has_both_18s_and_every_24_from_64_to_123(void)
{
    g_autoptr(MpProfile) profile = load_bellface();
    const MpRequirementRow *row = mp_profile_row(profile, "3-1");
    g_assert_true(has_range(row, "168.100.64.0/18"));
    g_assert_true(has_range(row, "216.147.0.0/18"));
    for (guint third = 64; third <= 123; third++) {
        g_autofree char *range = g_strdup_printf("168.100.%u.0/24", third);
        g_assert_true(has_range(row, range));
    }
    g_assert_true(row->for_guest);
}

static void media_rows_open_tcp_443_udp_3478_and_udp_1025_to_65535(void)
{
    static const char *const rows[] = {"1-7", "3-1"};
    static const char *const services[] = {"HTTPS", "WSS", "STUN", "TURN", "MEDIA"};
    g_autoptr(MpProfile) profile = load_bellface();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const MpRequirementRow *row = mp_profile_row(profile, rows[i]);
        g_assert_cmpuint(row->ports->len, ==, 3);
        expect_port(row, 0, TRUE, 443, 443);
        expect_port(row, 1, FALSE, 3478, 3478);
        expect_port(row, 2, FALSE, 1025, 65535);
        g_assert_cmpuint(row->services->len, ==, G_N_ELEMENTS(services));
        for (guint j = 0; j < G_N_ELEMENTS(services); j++)
            g_assert_cmpstr(g_ptr_array_index(row->services, j), ==, services[j]);
    }
    /* The document says TCP/UDP for row 1-1 too. */
    const MpRequirementRow *first = mp_profile_row(profile, "1-1");
    g_assert_cmpuint(first->ports->len, ==, 2);
    expect_port(first, 0, TRUE, 443, 443);
    expect_port(first, 1, FALSE, 443, 443);
}

static void every_wildcard_has_chosen_probe_names_under_it(void)
{
    g_autoptr(MpProfile) profile = load_bellface();
    guint n_wildcards = 0;
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = g_ptr_array_index(profile->rows, i);
        for (guint j = 0; j < row->hosts->len; j++) {
            const MpHostPattern *host = g_ptr_array_index(row->hosts, j);
            g_assert_cmpint(host->is_wildcard, ==, host->name[0] == '*');
            g_assert_cmpint(host->is_chosen, ==, host->is_wildcard);
            g_assert_cmpint(host->probe_names->len > 0, ==, host->is_wildcard);
            n_wildcards += (guint)host->is_wildcard;
        }
    }
    g_assert_cmpuint(n_wildcards, ==, 28);
}

static void row_2_7_is_kept_as_written_with_a_note(void)
{
    g_autoptr(MpProfile) profile = load_bellface();
    const MpRequirementRow *row = mp_profile_row(profile, "2-7");
    g_assert_nonnull(find_host(row, "*.rap-northeast-1.amazonaws.com"));
    g_assert_cmpuint(row->notes->len, ==, 1);
    const MpText *note = g_ptr_array_index(row->notes, 0);
    g_assert_nonnull(strstr(note->en, "misprint"));
}

static void addresses_of_the_ranges_are_covered_and_others_not(void)
{
    static const struct {
        const char *address;
        gboolean is_covered;
    } cases[] = {
        {"168.100.64.0", TRUE},         {"168.100.127.255", TRUE}, {"168.100.63.255", FALSE},
        {"168.100.128.0", FALSE},       {"216.147.0.20", TRUE},    {"216.147.63.255", TRUE},
        {"216.147.64.0", FALSE},        {"139.60.155.255", TRUE},  {"192.0.2.1", FALSE},
        {"::ffff:168.100.64.1", FALSE},
    };
    g_autoptr(MpProfile) profile = load_bellface();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        MpAddress address;
        g_test_message("%s", cases[i].address);
        g_assert_true(mp_address_parse(&address, cases[i].address, 443));
        g_assert_cmpint(mp_profile_covers(profile, &address), ==, cases[i].is_covered);
    }
}

static const MpLimit *find_limit(const MpProfile *profile, MpSessionType type, const char *metric)
{
    const GPtrArray *limits = profile->sessions[type].limits;
    for (guint i = 0; i < limits->len; i++) {
        const MpLimit *limit = g_ptr_array_index(limits, i);
        if (g_str_equal(limit->metric, metric))
            return limit;
    }
    return NULL;
}

static void limits_are_the_published_ones_with_their_source(void)
{
    static const struct {
        MpSessionType type;
        gboolean higher_is_better;
        const char *metric;
        double stable;
        double degraded;
    } limits[] = {
        {MP_SESSION_LIVE_VIDEO, FALSE, "loss_percent", 0.5, 3},
        {MP_SESSION_LIVE_VIDEO, TRUE, "rate_kbps", 1000, 350},
        {MP_SESSION_LIVE_VIDEO, FALSE, "rtt_p95_ms", 300, 600},
        {MP_SESSION_LIVE_VIDEO, FALSE, "pdv_p95_ms", 30, 100},
        {MP_SESSION_SCREEN_SHARE, TRUE, "rate_kbps", 500, 150},
        {MP_SESSION_SCREEN_SHARE, FALSE, "loss_percent", 1, 10},
        {MP_SESSION_SCREEN_SHARE, FALSE, "rtt_p95_ms", 300, 500},
        {MP_SESSION_SCREEN_SHARE, FALSE, "pdv_p95_ms", 30, 100},
        {MP_SESSION_VIRTUAL_BACKGROUND, FALSE, "loss_percent", 0.5, 3},
        {MP_SESSION_VIRTUAL_BACKGROUND, TRUE, "rate_kbps", 1000, 350},
        {MP_SESSION_VIRTUAL_BACKGROUND, FALSE, "rtt_p95_ms", 300, 600},
        {MP_SESSION_VIRTUAL_BACKGROUND, FALSE, "pdv_p95_ms", 30, 100},
        {MP_SESSION_VIRTUAL_BACKGROUND, TRUE, "cpu_headroom", 0.4, 0.1},
        {MP_SESSION_VIRTUAL_BACKGROUND, TRUE, "memory_available_mb", 2048, 2048},
        {MP_SESSION_VIRTUAL_BACKGROUND, FALSE, "background_frame_p95_ms", 11.1, 33.3},
    };
    g_autoptr(MpProfile) profile = load_bellface();
    guint n_limits = 0;
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        n_limits += profile->sessions[i].limits->len;
    g_assert_cmpuint(n_limits, ==, G_N_ELEMENTS(limits));

    for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
        const MpLimit *limit = find_limit(profile, limits[i].type, limits[i].metric);
        g_test_message("%s %s", mp_session_type_name(limits[i].type), limits[i].metric);
        g_assert_nonnull(limit);
        g_assert_cmpint(limit->higher_is_better, ==, limits[i].higher_is_better);
        g_assert_cmpfloat(limit->stable, ==, limits[i].stable);
        g_assert_cmpfloat(limit->degraded, ==, limits[i].degraded);
        g_assert_cmpuint(strlen(limit->source), >, 20);
    }
}

static void a_camera_offers_five_tiers_from_2500_to_150_kbps(void)
{
    static const MpTier tiers[] = {
        {(char *)"720p", 720, 30, 2500}, {(char *)"540p", 540, 30, 1200},
        {(char *)"360p", 360, 30, 500},  {(char *)"270p", 270, 30, 300},
        {(char *)"180p", 180, 30, 150},
    };
    g_autoptr(MpProfile) profile = load_bellface();
    const MpSessionRules *session = &profile->sessions[MP_SESSION_LIVE_VIDEO];
    g_assert_cmpuint(session->tiers->len, ==, G_N_ELEMENTS(tiers));
    g_assert_nonnull(session->tiers_source);
    for (guint i = 0; i < G_N_ELEMENTS(tiers); i++) {
        const MpTier *tier = &g_array_index(session->tiers, MpTier, i);
        g_assert_cmpstr(tier->name, ==, tiers[i].name);
        g_assert_cmpuint(tier->height, ==, tiers[i].height);
        g_assert_cmpuint(tier->fps, ==, tiers[i].fps);
        g_assert_cmpuint(tier->rate_kbps, ==, tiers[i].rate_kbps);
    }
}

static void speeds_tables_and_notes_are_kept(void)
{
    g_autoptr(MpProfile) profile = load_bellface();
    g_assert_cmpuint(profile->recommended_kbps, ==, 10000);
    g_assert_cmpuint(profile->least_kbps, ==, 1000);

    JsonArray *tables = json_object_get_array_member(profile->environment, "tables");
    g_assert_cmpuint(json_array_get_length(tables), ==, 8);
    JsonObject *recording = json_array_get_object_element(tables, 1);
    JsonArray *rows = json_object_get_array_member(recording, "rows");
    JsonObject *memory = json_array_get_object_element(rows, 4);
    JsonObject *numbers = json_object_get_object_member(memory, "numbers");
    g_assert_cmpfloat(json_object_get_double_member(numbers, "memory_available_mb"), ==, 4096);

    JsonArray *features = json_object_get_array_member(profile->environment, "features");
    JsonObject *background = json_array_get_object_element(features, 0);
    g_assert_cmpstr(json_object_get_string_member(background, "feature"), ==, "virtual_background");
    JsonArray *browsers = json_object_get_array_member(background, "browsers");
    g_assert_cmpstr(json_array_get_string_element(browsers, 0), ==, "Google Chrome");
    g_assert_cmpstr(json_array_get_string_element(browsers, 1), ==, "Microsoft Edge (Chromium)");
    g_assert_cmpuint(
        json_array_get_length(json_object_get_array_member(profile->environment, "notes")), ==, 10);
}

static void the_public_calls_know_the_built_in_names(void)
{
    g_auto(GStrv) names = mp_profile_names();
    g_assert_true(g_strv_contains((const char *const *)names, "bellface"));

    g_autoptr(GError) error = NULL;
    g_assert_true(mp_profile_validate("bellface", &error));
    g_assert_no_error(error);
    g_assert_false(mp_profile_validate("belface", &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==,
                    "profile \"belface\" is not built in, expected bellface or the path of a YAML "
                    "file (did you mean \"bellface\"?)");
}

static void a_profile_is_shown_with_every_row_in_both_languages(void)
{
    static const char *const langs[] = {"en", "ja"};
    g_autoptr(MpProfile) profile = load_bellface();
    for (guint i = 0; i < G_N_ELEMENTS(langs); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = mp_profile_show("bellface", langs[i], &error);
        g_assert_no_error(error);
        for (guint j = 0; j < profile->rows->len; j++) {
            const MpRequirementRow *row = g_ptr_array_index(profile->rows, j);
            g_autofree char *start = g_strdup_printf("\n%-5s ", row->row);
            g_assert_nonnull(strstr(text, start));
        }
        g_assert_nonnull(strstr(text, "168.100.123.0/24"));
        g_assert_nonnull(strstr(text, i == 0 ? "support only · host" : "サポート用 · ホスト"));
        g_assert_true(g_str_has_suffix(text, "\n"));
    }
}

/* The first line of an invalid file says what is expected: "# expect: LINE:COLUMN: message". */
static void expect_refusal(gconstpointer data)
{
    const char *path = data;
    g_autofree char *text = NULL;
    gboolean was_read = g_file_get_contents(path, &text, NULL, NULL);
    g_assert_true(was_read);
    const char *prefix = "# expect: ";
    g_assert_true(g_str_has_prefix(text, prefix));
    g_autofree char *first = g_strndup(text, strcspn(text, "\n"));
    g_autofree char *expected = g_strdup_printf("%s:%s", path, first + strlen(prefix));

    g_autoptr(GError) error = NULL;
    g_assert_false(mp_profile_validate(path, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void add_invalid_files(void)
{
    g_autofree char *invalid = g_build_filename(g_getenv("MP_TEST_DATA"), "invalid", NULL);
    g_autoptr(GDir) files = g_dir_open(invalid, 0, NULL);
    g_assert_nonnull(files);
    guint n_files = 0;
    for (const char *name = g_dir_read_name(files); name; name = g_dir_read_name(files))
        if (g_str_has_prefix(name, "profile-")) {
            g_autofree char *test = g_strdup_printf("/profile/invalid/%s", name);
            g_test_add_data_func_full(test, g_build_filename(invalid, name, NULL), expect_refusal,
                                      g_free);
            n_files++;
        }
    g_assert_cmpuint(n_files, >=, 50);
}

static void the_file_that_the_invalid_ones_differ_from_is_good(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "valid", "profile.yaml",
                                             NULL);
    g_autoptr(MpProfile) profile = mp_profile_load(path, &error);
    g_assert_no_error(error);
    /* A row without source and date has the profile's. */
    const MpRequirementRow *row = mp_profile_row(profile, "1-1");
    g_assert_cmpstr(row->source, ==, "a sample");
    g_assert_cmpstr(row->date, ==, "2026-11-22");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/rows", every_row_is_there_in_the_documents_order);
    g_test_add_func("/profile/hosts", each_row_names_the_documents_number_of_hosts);
    g_test_add_func("/profile/row-3-1", row_3_1_has_both_18s_and_every_24_from_64_to_123);
    g_test_add_func("/profile/ports", media_rows_open_tcp_443_udp_3478_and_udp_1025_to_65535);
    g_test_add_func("/profile/wildcards", every_wildcard_has_chosen_probe_names_under_it);
    g_test_add_func("/profile/row-2-7", row_2_7_is_kept_as_written_with_a_note);
    g_test_add_func("/profile/covers", addresses_of_the_ranges_are_covered_and_others_not);
    g_test_add_func("/profile/limits", limits_are_the_published_ones_with_their_source);
    g_test_add_func("/profile/tiers", a_camera_offers_five_tiers_from_2500_to_150_kbps);
    g_test_add_func("/profile/environment", speeds_tables_and_notes_are_kept);
    g_test_add_func("/profile/names", the_public_calls_know_the_built_in_names);
    g_test_add_func("/profile/show", a_profile_is_shown_with_every_row_in_both_languages);
    g_test_add_func("/profile/valid", the_file_that_the_invalid_ones_differ_from_is_good);
    add_invalid_files();
    return g_test_run();
}
