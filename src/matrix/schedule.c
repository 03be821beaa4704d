/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which cell runs when.
 */
#include "matrix/schedule.h"

#include "base/clock.h"
#include "matrix/cell_run.h"

#define TICK_MS 100

typedef struct {
    const MpMatrixSchedule *schedule;
    GPtrArray *records; /* MpCellRecord*; lent by the queues */
    GQueue waiting;     /* MpCellRecord* */
    GQueue spoiled;     /* these run alone */
    GPtrArray *running; /* MpCellRun*, oldest first */
    GPtrArray *ended;   /* MpCellRun* to free, not from within their own call */
    MpMatrixProgress progress;
    MpTime started;
    GError *failure; /* the first; nothing more starts */
} Run;

static gboolean is_over(const Run *run)
{
    return run->failure || g_cancellable_is_cancelled(run->schedule->cancellable);
}

static void tell(Run *run, const MpCellRecord *finished)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < run->running->len; i++)
        g_ptr_array_add(ids, mp_cell_run_record(run->running->pdata[i])->id);
    run->progress.running = ids;
    run->progress.elapsed = mp_clock_now() - run->started;
    if (run->schedule->progressed)
        run->schedule->progressed(&run->progress, finished, run->schedule->user_data);
}

static void count(MpMatrixProgress *progress, const MpCellRecord *record)
{
    progress->n_finished++;
    progress->n_failed += record->state == MP_CELL_FAILED;
    progress->n_different += record->answer == MP_ANSWER_DIFFERENT;
}

/* The journal has counted it too. */
static void queue_again(Run *run, const MpCellRecord *record)
{
    MpCellRecord *own = run->records->pdata[record->index];
    own->attempts++;
    own->n_spoiled++;
    g_queue_push_tail(&run->spoiled, own);
}

static void on_ended(MpCellRun *cell, MpCellRunEnd end, const MpCellRecord *finished,
                     const GError *error, gpointer user_data)
{
    Run *run = user_data;
    g_ptr_array_remove(run->running, cell);
    g_ptr_array_add(run->ended, cell);
    if (end == MP_CELL_RUN_BROKEN && !run->failure)
        run->failure = g_error_copy(error);
    if (end == MP_CELL_RUN_SPOILED)
        queue_again(run, mp_cell_run_record(cell));
    if (end == MP_CELL_RUN_FINISHED) {
        count(&run->progress, finished);
        run->progress.n_finished_now++;
    }
    tell(run, finished);
}

static void start(Run *run, GQueue *queue)
{
    const MpCellRecord *record = g_queue_pop_head(queue);
    MpCellRun *cell = mp_cell_run_start(run->schedule, record, on_ended, run, &run->failure);
    if (cell)
        g_ptr_array_add(run->running, cell);
}

static void fill(Run *run)
{
    while (!is_over(run) && run->running->len < run->schedule->n_jobs && run->waiting.length > 0)
        start(run, &run->waiting);
    if (!is_over(run) && run->running->len == 0 && run->spoiled.length > 0)
        start(run, &run->spoiled);
}

static void end_all(Run *run)
{
    for (guint i = 0; i < run->running->len; i++)
        mp_cell_run_end(run->running->pdata[i]);
}

static gboolean on_tick(gpointer user_data)
{
    Run *run = user_data;
    MpTime now = mp_clock_now();
    if (is_over(run))
        end_all(run);
    for (guint i = 0; i < run->running->len; i++)
        mp_cell_run_tick(run->running->pdata[i], now);
    tell(run, NULL);
    return G_SOURCE_CONTINUE;
}

static void queue_pending(Run *run)
{
    for (guint i = 0; i < run->records->len; i++) {
        MpCellRecord *record = run->records->pdata[i];
        if (!record->is_mine)
            continue;
        run->progress.n_cells++;
        if (record->state != MP_CELL_PENDING)
            count(&run->progress, record);
        else
            g_queue_push_tail(record->n_spoiled ? &run->spoiled : &run->waiting, record);
    }
}

static void run_all(Run *run)
{
    guint tick = g_timeout_add(TICK_MS, on_tick, run);
    fill(run);
    tell(run, NULL);
    while (run->running->len > 0) {
        g_main_context_iteration(NULL, TRUE);
        g_ptr_array_set_size(run->ended, 0);
        fill(run);
    }
    g_source_remove(tick);
}

gboolean mp_matrix_schedule_run(const MpMatrixSchedule *schedule, GError **error)
{
    g_autoptr(GPtrArray) records = mp_journal_cells(schedule->journal, error);
    if (!records)
        return FALSE;
    Run run = {.schedule = schedule, .records = records, .started = mp_clock_now()};
    run.running = g_ptr_array_new();
    run.ended = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_run_free);
    g_queue_init(&run.waiting);
    g_queue_init(&run.spoiled);
    queue_pending(&run);
    run_all(&run);
    g_queue_clear(&run.waiting);
    g_queue_clear(&run.spoiled);
    g_ptr_array_unref(run.running);
    g_ptr_array_unref(run.ended);
    if (!run.failure)
        return TRUE;
    g_propagate_error(error, run.failure);
    return FALSE;
}
