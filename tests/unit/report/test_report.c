/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A whole result as text and as JSON, against tests/golden/.
 */
#include <mediapath/report.h>
#include <string.h>

#include "../../support/golden.h"
#include "../../support/sample_result.h"
#include "report/layout.h"

static void assert_text(const char *lang, guint columns, const char *golden)
{
    g_autoptr(MpResult) result = sample_result();
    const MpTextOptions options = {.lang = lang, .columns = columns};
    g_autofree char *text = mp_report_text(result, &options);
    assert_golden(golden, text);

    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_assert_cmpuint(mp_layout_width(lines[i]), <=, columns ? columns : 80);
}

static void test_text_english(void)
{
    assert_text("en", 100, "summary.en.txt");
}

static void test_text_japanese(void)
{
    assert_text("ja", 0, "summary.ja.txt");
}

static void test_text_of_nothing(void)
{
    g_autoptr(MpResult) result = mp_result_new();
    result->is_interrupted = TRUE;
    result->profile = g_strdup("bellface");
    const MpTextOptions options = {0};
    g_autofree char *text = mp_report_text(result, &options);
    g_assert_true(g_str_has_prefix(text, "UNKNOWN  Not enough was measured for a verdict.\n"
                                         "The check was interrupted"));
    g_assert_nonnull(strstr(text, "media was not measured"));
}

static void set_forecast(MpResult *result, MpSessionType session, MpVerdict verdict,
                         const char *factor)
{
    MpForecast *forecast = result->forecasts[session];
    forecast->verdict = verdict;
    g_free(forecast->limiting_factor);
    forecast->limiting_factor = g_strdup(factor);
}

/* Worst is the background by the computer; a camera that packet loss degrades all the same is the
 * network's. */
static void test_the_computer_is_the_limit_where_nothing_else_is(void)
{
    const char *const alone = "The network can carry the call; this computer is the limit.";
    const MpTextOptions options = {.columns = 100};
    g_autoptr(MpResult) result = sample_result();
    result->verdict = MP_VERDICT_UNSTABLE;
    set_forecast(result, MP_SESSION_LIVE_VIDEO, MP_VERDICT_STABLE, "loss_percent");
    set_forecast(result, MP_SESSION_SCREEN_SHARE, MP_VERDICT_STABLE, "loss_percent");
    set_forecast(result, MP_SESSION_VIRTUAL_BACKGROUND, MP_VERDICT_UNSTABLE, "cpu_headroom");
    g_autofree char *computer = mp_report_text(result, &options);
    g_assert_nonnull(strstr(computer, alone));
    set_forecast(result, MP_SESSION_LIVE_VIDEO, MP_VERDICT_DEGRADED, "loss_percent");
    g_autofree char *both = mp_report_text(result, &options);
    g_assert_null(strstr(both, alone));
}

static void test_color_is_an_option(void)
{
    g_autoptr(MpResult) result = sample_result();
    const MpTextOptions plain = {.use_color = FALSE};
    const MpTextOptions colored = {.use_color = TRUE};
    g_autofree char *without = mp_report_text(result, &plain);
    g_autofree char *with = mp_report_text(result, &colored);
    g_assert_null(strchr(without, '\033'));
    g_assert_true(g_str_has_prefix(with, "\033[1;33mDEGRADED\033[0m"));
}

static void test_json(void)
{
    g_autoptr(MpResult) result = sample_result();
    g_autofree char *text = mp_report_json(result);
    assert_golden("result.json", text);
}

static void test_json_leaves_out_what_was_not_measured(void)
{
    g_autoptr(MpResult) result = mp_result_new();
    g_autofree char *text = mp_report_json(result);
    g_assert_null(strstr(text, "nan"));
    g_assert_null(strstr(text, "null"));
    g_assert_null(strstr(text, "cpu"));
    g_assert_null(strstr(text, "margin"));
    g_assert_nonnull(strstr(text, "\"verdict\": \"unknown\""));
}

static void test_json_speaks_the_language_of_the_run(void)
{
    g_autoptr(MpResult) result = sample_result();
    g_free(result->lang);
    result->lang = g_strdup("ja");
    g_autofree char *text = mp_report_json(result);
    g_assert_nonnull(strstr(text, "メディアのパケットの 1 % が失われました"));
    g_assert_nonnull(strstr(text, "\"direction\": \"down\""));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/text-english", test_text_english);
    g_test_add_func("/report/text-japanese", test_text_japanese);
    g_test_add_func("/report/text-of-nothing", test_text_of_nothing);
    g_test_add_func("/report/computer-alone", test_the_computer_is_the_limit_where_nothing_else_is);
    g_test_add_func("/report/color-is-an-option", test_color_is_an_option);
    g_test_add_func("/report/json", test_json);
    g_test_add_func("/report/json-leaves-out-what-was-not-measured",
                    test_json_leaves_out_what_was_not_measured);
    g_test_add_func("/report/json-speaks-the-language-of-the-run",
                    test_json_speaks_the_language_of_the_run);
    return g_test_run();
}
