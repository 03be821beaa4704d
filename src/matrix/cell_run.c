/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One attempt of a cell. Its result gets its name only when it is on the disk, and the journal says
 * "done" only after that.
 */
#include "matrix/cell_run.h"

#include <string.h>

#include "base/error.h"
#include "matrix/cell_difference.h"
#include "matrix/cell_result.h"
#include "matrix/durable.h"

/* Exit codes of a check that came to a result. */
static const int judged[] = {0, 1, 4};

struct _MpCellRun {
    const MpMatrixSchedule *schedule;
    const MpMatrixCell *cell;
    const MpCellRecord *record; /* as it was before */
    char *attempt;              /* where the check writes */
    char *truth;
    MpCellProcess *process;
    MpCellRunEnded ended;
    gpointer user_data;
};

void mp_cell_run_free(MpCellRun *run)
{
    if (!run)
        return;
    mp_cell_process_free(run->process);
    g_free(run->attempt);
    g_free(run->truth);
    g_free(run);
}

const MpCellRecord *mp_cell_run_record(const MpCellRun *run)
{
    return run->record;
}

void mp_cell_run_end(MpCellRun *run)
{
    mp_cell_process_end(run->process);
}

void mp_cell_run_tick(MpCellRun *run, MpTime now)
{
    mp_cell_process_tick(run->process, now);
}

static const char *value_of(const MpMatrixCell *cell, MpAxis axis)
{
    return cell->point->values[axis] ? cell->point->values[axis]->text : NULL;
}

static gboolean was_judged(int status)
{
    for (guint i = 0; i < G_N_ELEMENTS(judged); i++)
        if (judged[i] == status)
            return TRUE;
    return FALSE;
}

/* What became of it, where the check came to a result; else NULL with the reason. */
static MpCellResult *read_result(const MpCellRun *run, const MpCellExit *how, GError **error)
{
    g_autofree char *text = NULL;
    if (how->is_hung) { /* a check that is ended sums up what it has: nothing to quote */
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "did not end within %g s and was ended",
                    run->schedule->matrix->cell_deadline_s);
        return NULL;
    }
    g_autofree char *tail = mp_cell_process_tail(run->process);
    if (!was_judged(how->status) || !g_file_get_contents(run->attempt, &text, NULL, NULL)) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "exit %d%s%s%s", how->status,
                    was_judged(how->status) ? " without a result" : "", *tail ? ": " : "", tail);
        return NULL;
    }
    MpCellResult *result = mp_cell_result_parse(text, value_of(run->cell, MP_AXIS_SESSION), error);
    g_autofree char *truth = NULL;
    if (result && g_file_get_contents(run->truth, &truth, NULL, NULL) &&
        mp_cell_truth_is_spoiled(truth))
        result->is_spoiled = TRUE;
    return result;
}

static MpCellRecord *make_record(const MpCellRun *run, const MpCellExit *how,
                                 const MpCellResult *result, const char *failure)
{
    MpCellRecord *record = mp_cell_record_new(run->record->id, run->record->index);
    record->state = result ? MP_CELL_DONE : MP_CELL_FAILED;
    record->duration_ms = mp_time_to_ms(how->took);
    record->exit = how->status;
    record->error = g_strdup(failure);
    record->expected = g_strdup(run->record->expected);
    if (!result)
        return record;
    record->verdict = g_strdup(result->verdict);
    record->findings = mp_cell_findings_to_json(result->findings);
    record->is_spoiled = result->is_spoiled;
    g_autofree char *difference = mp_cell_difference(record);
    record->answer = difference         ? MP_ANSWER_DIFFERENT
                     : record->expected ? MP_ANSWER_EXPECTED
                                        : MP_ANSWER_RECORDED;
    return record;
}

static gboolean publish(const MpCellRun *run, const MpCellRecord *record, GError **error)
{
    g_autofree char *path = mp_matrix_folder_file(run->schedule->folder, record->id, "result.json");
    return (record->state != MP_CELL_DONE || mp_durable_rename(run->attempt, path, error)) &&
           mp_journal_finish(run->schedule->journal, record, error);
}

static void on_ended(const MpCellExit *how, gpointer user_data)
{
    MpCellRun *run = user_data;
    MpJournal *journal = run->schedule->journal;
    const char *id = run->record->id;
    g_autoptr(GError) failure = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpCellResult) result = how->is_cut ? NULL : read_result(run, how, &failure);
    gboolean is_again = result && result->is_spoiled &&
                        run->record->n_spoiled + 1 < MP_CELL_MOST_SPOILED;
    g_autoptr(MpCellRecord) record = NULL;
    gboolean is_written = FALSE;
    if (how->is_cut || is_again) {
        is_written = mp_journal_put_back(journal, id, is_again, how->is_cut ? "interrupted" : NULL,
                                         &error);
    } else {
        record = make_record(run, how, result, failure ? failure->message : NULL);
        is_written = publish(run, record, &error);
    }
    mp_matrix_folder_clean_cell(run->schedule->folder, id);
    MpCellRunEnd end = !is_written   ? MP_CELL_RUN_BROKEN
                       : how->is_cut ? MP_CELL_RUN_CUT
                       : is_again    ? MP_CELL_RUN_SPOILED
                                     : MP_CELL_RUN_FINISHED;
    run->ended(run, end, end == MP_CELL_RUN_FINISHED ? record : NULL, error, run->user_data);
}

/* `mediapath lab NETWORK --truth FILE -- mediapath check ...`, NULL-terminated. */
static GPtrArray *make_command(const MpCellRun *run, const char *network)
{
    const MpMatrixSchedule *schedule = run->schedule;
    const struct {
        const char *option;
        MpAxis axis;
    } axes[] = {
        {"--transport", MP_AXIS_TRANSPORT},
        {"--codec", MP_AXIS_CODEC},
        {"--role", MP_AXIS_ROLE},
    };
    const char *const lab[] = {schedule->program, "lab", network, "--truth", run->truth, "--",
                               schedule->program, "check", "--json", run->attempt, "--no-color",
                               "--lang", schedule->lang,
                               /* Cells share this computer; a matrix is about networks. */
                               "--skip", "computer"};
    GPtrArray *command = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(lab); i++)
        g_ptr_array_add(command, g_strdup(lab[i]));
    for (guint i = 0; i < G_N_ELEMENTS(axes); i++) {
        const char *value = value_of(run->cell, axes[i].axis);
        if (value) {
            g_ptr_array_add(command, g_strdup(axes[i].option));
            g_ptr_array_add(command, g_strdup(value));
        }
    }
    const GPtrArray *options = schedule->matrix->check_options;
    for (guint i = 0; i < options->len; i++)
        g_ptr_array_add(command, g_strdup(options->pdata[i]));
    g_ptr_array_add(command, NULL);
    return command;
}

static MpCellProcess *spawn(MpCellRun *run, const char *network, GError **error)
{
    const MpMatrixSchedule *schedule = run->schedule;
    const char *id = run->record->id;
    g_autoptr(GPtrArray) command = make_command(run, network);
    g_autofree char *log = mp_matrix_folder_file(schedule->folder, id, "log.txt");
    g_autofree char *lock = g_build_filename(schedule->folder->path, "measurement.lock", NULL);
    g_autofree char *wait_mark = mp_matrix_folder_file(schedule->folder, id, MP_WAIT_MARK);
    const MpCellProcessConfig config = {
        .argv = (const char *const *)command->pdata,
        .log = log,
        .lock = lock,
        .wait_mark = wait_mark,
        .deadline = (MpTime)(schedule->matrix->cell_deadline_s * (double)MP_SEC(1)),
        .ended = on_ended,
        .user_data = run,
    };
    return mp_cell_process_start(&config, error);
}

static gboolean begin(MpCellRun *run, GError **error)
{
    const MpMatrixSchedule *schedule = run->schedule;
    const char *id = run->record->id;
    g_autofree char *network = mp_matrix_folder_file(schedule->folder, id, "network.json");
    if (!mp_matrix_folder_make_cell(schedule->folder, id, error) ||
        !mp_durable_write(network, schedule->networks->pdata[run->cell->index], error) ||
        !mp_journal_start(schedule->journal, id, error))
        return FALSE;
    mp_matrix_folder_clean_cell(schedule->folder, id);
    run->process = spawn(run, network, error);
    return run->process != NULL;
}

MpCellRun *mp_cell_run_start(const MpMatrixSchedule *schedule, const MpCellRecord *record,
                             MpCellRunEnded ended, gpointer user_data, GError **error)
{
    /* A child of a run that was killed may still write to the name of its own attempt. */
    g_autofree char *name = g_strdup_printf("result.attempt-%u.json", record->attempts + 1);
    MpCellRun *run = g_new0(MpCellRun, 1);
    run->schedule = schedule;
    run->cell = schedule->cells->pdata[record->index];
    run->record = record;
    run->attempt = mp_matrix_folder_file(schedule->folder, record->id, name);
    run->truth = mp_matrix_folder_file(schedule->folder, record->id, "truth.jsonl");
    run->ended = ended;
    run->user_data = user_data;
    if (begin(run, error))
        return run;
    mp_cell_run_free(run);
    return NULL;
}
