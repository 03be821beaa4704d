/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath matrix: every cell of a scenario matrix.
 */
#include <mediapath/error.h>
#include <mediapath/i18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/matrix_live.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "matrix/merge.h"
#include "matrix/work.h"

#define SYNOPSIS "matrix MATRIX.yaml | --merge DIR..."
#define MOST_JOBS 256
#define MOST_SHARDS 100000
#define INTERRUPTED 130

typedef struct {
    char *jobs, *shard, *out, *junit, *html, *json, *lang;
    char **arguments;
    gboolean resumes, merges, lists, is_quiet, is_colorless;
    guint n_jobs, shard_index, n_shards;
} Options;

static void clear_options(Options *options)
{
    char *texts[] = {options->jobs, options->shard, options->out, options->junit,
                     options->html, options->json,  options->lang};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(options->arguments);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean parse_options(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &options->jobs,
         N_("cells at the same time (as many as there are cores)"), "N"},
        {"shard", 0, 0, G_OPTION_ARG_STRING, &options->shard,
         N_("run only the I-th of N parts, from 1"), "I/N"},
        {"resume", 0, 0, G_OPTION_ARG_NONE, &options->resumes,
         N_("go on where the run in the output folder ended; start it where there is none"), NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options->out,
         N_("folder of journal and results (./mediapath-matrix-NAME)"), "DIR"},
        {"merge", 0, 0, G_OPTION_ARG_NONE, &options->merges,
         N_("join the folders of shards into the one of --out"), NULL},
        {"junit", 0, 0, G_OPTION_ARG_FILENAME, &options->junit, N_("write JUnit XML"), "FILE|-"},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &options->html, N_("write a heat map as HTML"),
         "FILE|-"},
        {"json", 0, 0, G_OPTION_ARG_FILENAME, &options->json,
         N_("write the summary as JSON; - is standard output"), "FILE|-"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &options->lists, N_("print the cells and run nothing"),
         NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options->lang, N_("en or ja"), "LANGUAGE"},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &options->is_quiet, N_("no progress and no summary"),
         NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->is_colorless, N_("no colours"), NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->arguments, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return mp_command_parse(SYNOPSIS,
                            _("Runs a check in every cell of a matrix of networks, loses none, and "
                              "says which are not as expected."),
                            entries, &argc, &argv, error);
}

static gboolean refuse(GError **error, const char *option, const char *text, const char *expected)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s \"%s\", expected %s", option, text, expected);
    return FALSE;
}

/* A whole number and nothing after it but `end`. NULL: there is none from 1 to `most`. */
static const char *parse_number(const char *text, char end, guint most, guint *number)
{
    char *rest = NULL;
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &rest, 10) : 0;
    if (value < 1 || value > most || *rest != end)
        return NULL;
    *number = (guint)value;
    return rest + 1;
}

static gboolean read_numbers(Options *options, GError **error)
{
    options->n_jobs = g_get_num_processors();
    options->shard_index = options->n_shards = 1;
    if (options->jobs && !parse_number(options->jobs, '\0', MOST_JOBS, &options->n_jobs))
        return refuse(error, "--jobs", options->jobs, "a number from 1 to 256");
    if (!options->shard)
        return TRUE;
    const char *rest = parse_number(options->shard, '/', MOST_SHARDS, &options->shard_index);
    if (rest && parse_number(rest, '\0', MOST_SHARDS, &options->n_shards) &&
        options->shard_index <= options->n_shards)
        return TRUE;
    return refuse(error, "--shard", options->shard, "I/N with I from 1 to N");
}

/* The output folder need not be there yet: the run makes it. */
static gboolean is_in_folder(const char *path, const char *folder)
{
    if (!folder || g_str_equal(path, "-") || g_file_test(folder, G_FILE_TEST_EXISTS))
        return FALSE;
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *parent_path = g_canonicalize_filename(parent, NULL);
    g_autofree char *folder_path = g_canonicalize_filename(folder, NULL);
    return g_str_equal(parent_path, folder_path);
}

static gboolean check_outputs(const Options *options, GError **error)
{
    const char *const outputs[] = {options->junit, options->html, options->json};
    guint n_standard = 0;
    for (guint i = 0; i < G_N_ELEMENTS(outputs); i++) {
        if (outputs[i] && !is_in_folder(outputs[i], options->out) &&
            !mp_output_check(outputs[i], error))
            return FALSE;
        n_standard += g_strcmp0(outputs[i], "-") == 0;
    }
    return n_standard <= 1 || refuse(error, "output", "-", "at most one on standard output");
}

static gboolean check_arguments(const Options *options, GError **error)
{
    const char *first = options->arguments ? options->arguments[0] : NULL;
    if (!first) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "expected: mediapath " SYNOPSIS);
        return FALSE;
    }
    if (!options->merges && options->arguments[1])
        return refuse(error, "argument", options->arguments[1], "one matrix only");
    if (options->merges && !options->out)
        return refuse(error, "--merge", first, "--out DIR beside it");
    if (options->merges && (options->resumes || options->shard || options->lists))
        return refuse(error, "--merge", first, "no --resume, --shard or --list beside it");
    return mp_command_check_language(options->lang, error) && check_outputs(options, error);
}

/* Takes the text. */
static gboolean write_output(const char *path, char *text, GError **error)
{
    g_autofree char *owned = text;
    return mp_output_write(path, owned, error);
}

static gboolean write_outputs(const MpMatrixSummary *summary, const Options *options,
                              const MpMatrixFolder *folder, GError **error)
{
    g_autofree char *own = g_build_filename(folder->path, "matrix.json", NULL);
    g_autofree char *root = options->html && !g_str_equal(options->html, "-")
                                ? mp_matrix_relative_root(options->html, folder->path)
                                : g_strdup("");
    return write_output(own, mp_matrix_summary_json(summary), error) &&
           (!options->json ||
            write_output(options->json, mp_matrix_summary_json(summary), error)) &&
           (!options->junit ||
            write_output(options->junit, mp_matrix_summary_junit(summary), error)) &&
           (!options->html ||
            write_output(options->html, mp_matrix_summary_html(summary, root), error));
}

/* Standard output is for what was asked for there. */
static gboolean print_summary(const MpMatrixSummary *summary, const Options *options,
                              GError **error)
{
    const char *const outputs[] = {options->junit, options->html, options->json};
    gboolean is_taken = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(outputs); i++)
        is_taken = is_taken || g_strcmp0(outputs[i], "-") == 0;
    if (options->is_quiet)
        return TRUE;
    g_autofree char *text = mp_matrix_summary_text(
        summary,
        mp_terminal_use_color(options->is_colorless, is_taken ? STDERR_FILENO : STDOUT_FILENO));
    if (!is_taken)
        return mp_output_write("-", text, error);
    g_printerr("%s", text);
    return TRUE;
}

/* The exit code, or -1 with an error. */
static int conclude(MpJournal *journal, const Options *options, const MpMatrixFolder *folder,
                    GError **error)
{
    g_autoptr(MpMatrixSummary) summary = mp_matrix_summary_read(journal, error);
    if (!summary || !write_outputs(summary, options, folder, error) ||
        !print_summary(summary, options, error))
        return -1;
    return mp_matrix_summary_exit_code(summary);
}

static int merge(const Options *options, GError **error)
{
    g_autoptr(MpMatrixFolder) folder = NULL;
    g_autoptr(MpJournal) journal = mp_matrix_merge((const char *const *)options->arguments,
                                                   options->out, &folder, error);
    return journal ? conclude(journal, options, folder, error) : -1;
}

static int list(const MpMatrixWork *work, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < work->records->len; i++) {
        const MpCellRecord *record = work->records->pdata[i];
        if (record->is_mine)
            g_string_append_printf(text, "%s\n", record->id);
    }
    return mp_output_write("-", text->str, error) ? MP_EXIT_OK : -1;
}

static gboolean run_cells(const MpMatrixWork *work, const Options *options,
                          const MpMatrixFolder *folder, MpJournal *journal,
                          GCancellable *cancellable, GError **error)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", error);
    if (!program)
        return FALSE;
    g_autoptr(MpMatrixLive)
        live = mp_matrix_live_new(!options->is_quiet && isatty(STDERR_FILENO),
                                  mp_terminal_use_color(options->is_colorless, STDERR_FILENO));
    const MpMatrixSchedule schedule = {
        .matrix = work->matrix,
        .cells = work->cells,
        .networks = work->networks,
        .folder = folder,
        .journal = journal,
        .program = program,
        .lang = options->lang ? options->lang : mp_i18n_default(),
        .n_jobs = options->n_jobs,
        .cancellable = cancellable,
        .progressed = options->is_quiet ? NULL : mp_matrix_live_show,
        .user_data = live,
    };
    return mp_matrix_schedule_run(&schedule, error);
}

static int run(const MpMatrixWork *work, const Options *options, GError **error)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autofree char *out = options->out
                               ? g_strdup(options->out)
                               : g_strconcat("mediapath-matrix-", work->matrix->name, NULL);
    g_autoptr(MpMatrixFolder) folder = mp_matrix_folder_open(
        out, options->resumes ? MP_FOLDER_RESUME : MP_FOLDER_NEW, error);
    g_autoptr(MpJournal) journal = folder
                                       ? mp_matrix_work_journal(work, folder, options->shard_index,
                                                                options->n_shards, error)
                                       : NULL;
    if (!journal)
        return -1;

    mp_interrupt_watch(cancellable);
    if (!run_cells(work, options, folder, journal, cancellable, error))
        return -1;
    int code = conclude(journal, options, folder, error);
    if (code < 0 || !g_cancellable_is_cancelled(cancellable))
        return code;
    mp_command_complain(_("interrupted; the same command with --resume --out %s goes on"), out);
    return INTERRUPTED;
}

static int run_or_list(const Options *options, GError **error)
{
    g_autoptr(MpMatrixWork) work = mp_matrix_work_load(options->arguments[0], error);
    if (!work)
        return -1;
    mp_matrix_work_take_shard(work, options->shard_index, options->n_shards);
    return options->lists ? list(work, error) : run(work, options, error);
}

int mp_cmd_matrix(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    if (!parse_options(&options, argc, argv, &error) || !read_numbers(&options, &error) ||
        !check_arguments(&options, &error))
        return mp_command_fail(error);
    int code = options.merges ? merge(&options, &error) : run_or_list(&options, &error);
    return code < 0 ? mp_command_fail(error) : code;
}
