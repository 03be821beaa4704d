/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath report: what a check found, judged and shown again.
 */
#include <mediapath/error.h>
#include <mediapath/i18n.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/result_show.h"

typedef struct {
    char *profile, *packets, *json, *html, *lang;
    char **results;
    gboolean is_quiet, is_colorless;
} Options;

static void clear_options(Options *options)
{
    char *texts[] = {options->profile, options->packets, options->json, options->html,
                     options->lang};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(options->results);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean parse_options(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"profile", 0, 0, G_OPTION_ARG_STRING, &options->profile,
         N_("judge by these requirements: a built-in name or a YAML file (those of the check)"),
         "NAME|FILE"},
        {"packets", 0, 0, G_OPTION_ARG_FILENAME, &options->packets,
         N_("what mediapath check --packets wrote of the same check"), "FILE"},
        {"json", 0, 0, G_OPTION_ARG_FILENAME, &options->json,
         N_("write the result as JSON; - is standard output"), "FILE|-"},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &options->html,
         N_("write the report as a page for a browser"), "FILE"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options->lang, N_("en or ja (that of the check)"),
         "LANGUAGE"},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &options->is_quiet, N_("no summary"), NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->is_colorless, N_("no colours"), NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->results, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return mp_command_parse("report RESULT.json...",
                            _("Judges and shows again what mediapath check --json wrote; - is "
                              "standard input."),
                            entries, &argc, &argv, error);
}

/* What is written to one file or belongs to one check cannot serve several. */
static gboolean check_single(const Options *options, GError **error)
{
    const struct {
        const char *name;
        const char *value;
    } singles[] = {{"packets", options->packets}, {"json", options->json}, {"html", options->html}};
    const guint n_results = g_strv_length(options->results);
    for (gsize i = 0; n_results > 1 && i < G_N_ELEMENTS(singles); i++) {
        if (!singles[i].value)
            continue;
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "--%s with %u results, expected one",
                    singles[i].name, n_results);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_options(const Options *options, GError **error)
{
    if (!options->results) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s",
                    "no result, expected the JSON file of a check, or -");
        return FALSE;
    }
    return mp_command_check_language(options->lang, error) && check_single(options, error) &&
           (!options->json || mp_output_check(options->json, error)) &&
           (!options->html || mp_output_check(options->html, error));
}

/* Of all, before anything is shown: a list with a mistake in it is no report. */
static GPtrArray *judge_all(const Options *options, GError **error)
{
    g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)mp_result_free);
    for (char **file = options->results; *file; file++) {
        const MpResultSource source = {.file = *file,
                                       .packets_file = options->packets,
                                       .profile = options->profile,
                                       .lang = options->lang};
        MpResult *result = mp_result_judge_again(&source, error);
        if (!result)
            return NULL;
        g_ptr_array_add(results, result);
    }
    return g_steal_pointer(&results);
}

static gboolean show_all(const Options *options, const GPtrArray *results, GError **error)
{
    const MpResultShow show = {options->json, options->html, NULL, options->is_quiet,
                               options->is_colorless};
    for (guint i = 0; i < results->len; i++) {
        g_autofree char *heading = g_strdup_printf("%s== %s ==\n\n", i ? "\n" : "",
                                                   options->results[i]);
        if (results->len > 1 && !options->is_quiet && !mp_output_write("-", heading, error))
            return FALSE;
        if (!mp_result_show(results->pdata[i], &show, error))
            return FALSE;
    }
    return TRUE;
}

/* The gravest of all: something is wrong, something is not known, all is well. */
static int worst_code(const GPtrArray *results)
{
    int worst = MP_EXIT_OK;
    for (guint i = 0; i < results->len; i++) {
        const MpResult *result = results->pdata[i];
        const int code = mp_result_is_map(result) ? mp_result_ports_exit_code(result)
                                                  : mp_result_exit_code(result);
        if (worst == MP_EXIT_OK || (code != MP_EXIT_OK && code < worst))
            worst = code;
    }
    return worst;
}

int mp_cmd_report(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    if (!parse_options(&options, argc, argv, &error) || !check_options(&options, &error))
        return mp_command_fail(error);

    g_autoptr(GPtrArray) results = judge_all(&options, &error);
    if (!results || !show_all(&options, results, &error))
        return mp_command_fail(error);
    return worst_code(results);
}
