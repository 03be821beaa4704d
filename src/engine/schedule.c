/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Threads for the probes, and what to do about those that cannot run.
 */
#include "engine/schedule.h"

#include "base/clock.h"
#include "base/error.h"
#include "engine/measurement_lock.h"
#include "probe/capture.h"

typedef struct {
    const MpSchedule *schedule;
    GPtrArray *plan;
    GPtrArray *measurements; /* MpMeasurement*, NULL until the step is over */
    GAsyncQueue *finished;   /* Job*: what the threads hand back */
    MpTime started;
    MpTime waited; /* for our turn to measure media: none of the run's time */
    gboolean has_run;
    guint n_running;            /* of the phase */
    guint n_beside;             /* steps that go on beside the phases */
    guint n_delaying;           /* of them, those whose end media waits for */
    GCancellable *all_but_over; /* cancelled when only such steps run any more */
    MpRounds *rounds;           /* of the relayed ways; NULL: there are not two */
    MpTurns *turns;             /* of the phase's ways at media; NULL: there are not two */
    MpTime turn_time;
    guint n_ranks;   /* of them that have begun */
    GError *failure; /* the first error of a probe */
} Run;

/* One step in its thread. */
typedef struct {
    Run *run;
    const MpStep *step;
    guint index;
    const MpProbe *probe;
    MpProbeContext context;
    MpTime started;
    GThread *thread;
    MpMeasurement *measurement; /* NULL: error says why */
    GError *error;
} Job;

static const MpMeasurement *find_measurement(const Run *run, const char *id)
{
    for (guint i = 0; i < run->plan->len; i++)
        if (g_str_equal(((const MpStep *)run->plan->pdata[i])->id, id))
            return run->measurements->pdata[i];
    return NULL;
}

static void tell(const Run *run, guint index, const MpMeasurement *measurement)
{
    const MpSchedule *schedule = run->schedule;
    if (schedule->progress)
        schedule->progress(run->plan->pdata[index], index, measurement, schedule->user_data);
}

static void keep(Run *run, guint index, MpMeasurement *measurement, MpTime began)
{
    measurement->started_ms = mp_time_to_ms(began - run->started);
    measurement->duration_ms = mp_time_to_ms(mp_clock_now() - began);
    run->measurements->pdata[index] = measurement;
    tell(run, index, measurement);
}

static void keep_not_run(Run *run, guint index, const char *reason)
{
    const MpStep *step = run->plan->pdata[index];
    g_autofree char *target = step->server ? mp_step_target(step)
                              : g_str_equal(step->kind, "media")
                                  ? g_strdup(run->schedule->targets->responder_url)
                                  : g_strdup(step->kind);
    MpMeasurement *measurement = mp_measurement_new(
        step->id, step->kind, target, step->server ? step->server->transport : MP_TRANSPORT_UDP);
    measurement->outcome = MP_OUTCOME_NOT_RUN;
    json_object_set_string_member(measurement->facts, "reason", reason);
    keep(run, index, measurement, mp_clock_now());
}

static MpTime deadline_of(const Run *run)
{
    return run->schedule->deadline + run->waited;
}

static const MpMeasurement *find_answered(const Run *run, const char *id)
{
    const MpMeasurement *measurement = id ? find_measurement(run, id) : NULL;
    return measurement && measurement->outcome == MP_OUTCOME_ANSWERED ? measurement : NULL;
}

/* What the step builds on; NULL: nothing that it could. */
static const MpMeasurement *find_required(const Run *run, const MpStep *step)
{
    const MpMeasurement *first = find_answered(run, step->requires_id);
    return first ? first : find_answered(run, step->or_requires_id);
}

/* NULL: the step may run. */
static char *reason_not_to_run(const Run *run, const MpStep *step)
{
    if (g_cancellable_is_cancelled(run->schedule->cancellable))
        return g_strdup("interrupted");
    if (mp_clock_now() >= deadline_of(run))
        return g_strdup("the time limit of the check was reached");
    if (!run->schedule->find(step->kind))
        return g_strdup_printf("no probe \"%s\"", step->kind);
    if (!step->requires_id || find_required(run, step))
        return NULL;
    return g_strconcat("requires ", step->requires_id, NULL);
}

/* Those that wait for this step wait no more. */
static void leave_others(const MpProbeContext *context)
{
    if (context->rounds)
        mp_rounds_leave(context->rounds);
    if (context->turns)
        mp_turns_leave(context->turns, context->rank);
}

static gpointer run_probe(gpointer data)
{
    Job *job = data;
    mp_capture_name(job->step->id);
    job->measurement = job->probe->run(job->step, &job->context, &job->error);
    mp_capture_name(NULL);
    leave_others(&job->context);
    g_async_queue_push(job->run->finished, job);
    return NULL;
}

/* Ways are compared over the address family that a call would take first. */
static gboolean is_relayed_way(const MpStep *step)
{
    return g_str_equal(step->kind, "turn") && step->family != MP_FAMILY_IPV6;
}

/* Every one of them is in the first phase, so that all come or leave. */
static MpRounds *new_rounds(const GPtrArray *plan)
{
    guint n_ways = 0;
    for (guint i = 0; i < plan->len; i++)
        n_ways += is_relayed_way(plan->pdata[i]);
    return n_ways > 1 ? mp_rounds_new(n_ways) : NULL;
}

static gboolean is_media(const MpStep *step)
{
    return g_str_equal(step->kind, "media");
}

/* The ways of a phase that can go take turns at media: as long a turn as the shortest of them has
 * in its share of the rounds. */
static void prepare_turns(Run *run, guint first, guint end)
{
    MpTime least = MP_NEVER;
    guint n_ways = 0;
    for (guint i = first; i < end; i++) {
        const MpStep *step = run->plan->pdata[i];
        g_autofree char *reason = is_media(step) ? reason_not_to_run(run, step) : NULL;
        if (!is_media(step) || reason)
            continue;
        least = MIN(least, step->media_time);
        n_ways++;
    }
    run->turn_time = n_ways > 1 ? least / MP_TURNS_ROUNDS : 0;
    run->turns = n_ways > 1 ? mp_turns_new(n_ways) : NULL;
    run->n_ranks = 0;
}

/* FALSE: the machine gives us no thread. */
static gboolean start_job(Run *run, guint index)
{
    const MpSchedule *schedule = run->schedule;
    const MpStep *step = run->plan->pdata[index];
    Job *job = g_new0(Job, 1);
    job->run = run;
    job->step = step;
    job->index = index;
    job->probe = schedule->find(step->kind);
    job->started = mp_clock_now();
    job->context.targets = schedule->targets;
    job->context.required = find_required(run, step);
    job->context.rounds = is_relayed_way(step) ? run->rounds : NULL;
    job->context.full_media_time = schedule->full_media_time;
    job->context.measures_all_capacities = schedule->measures_all_capacities;
    if (is_media(step) && run->turns) {
        job->context.turns = run->turns;
        job->context.turn_time = run->turn_time;
        job->context.rank = run->n_ranks++;
    }
    job->context.deadline = MIN(job->started + step->deadline, deadline_of(run));
    job->context.cancellable = step->ends_early ? run->all_but_over : schedule->cancellable;
    tell(run, index, NULL);
    job->thread = g_thread_try_new(step->id, run_probe, job, NULL);
    if (job->thread)
        return TRUE;

    leave_others(&job->context);
    g_free(job);
    keep_not_run(run, index, "no thread could be started");
    return FALSE;
}

static void end_next_job(Run *run)
{
    Job *job = g_async_queue_pop(run->finished);
    guint *count = job->step->is_beside ? &run->n_beside : &run->n_running;
    (*count)--;
    run->n_delaying -= job->step->delays_media;
    g_thread_join(job->thread);
    if (job->measurement) {
        run->has_run = TRUE;
        keep(run, job->index, job->measurement, job->started);
    } else {
        keep_not_run(run, job->index, job->error->message);
        /* Wrong input outweighs what came first: it is the user's to put right. */
        if (!run->failure || g_error_matches(job->error, MP_ERROR, MP_ERROR_INPUT)) {
            g_clear_error(&run->failure);
            run->failure = g_steal_pointer(&job->error);
        }
    }
    g_clear_error(&job->error);
    g_free(job);
}

/* Media runs alone. */
static void wait_before_media(Run *run, const MpStep *step)
{
    while (g_str_equal(step->kind, "media") && run->n_delaying > 0)
        end_next_job(run);
}

/* The lock that keeps other checks from measuring; -1: nobody else measures here. */
static int take_lock(Run *run, guint first, guint end)
{
    gboolean is_needed = FALSE;
    for (guint i = first; i < end && !is_needed; i++) {
        const MpStep *step = run->plan->pdata[i];
        g_autofree char *reason = step->is_alone ? reason_not_to_run(run, step) : NULL;
        is_needed = step->is_alone && !reason;
    }
    return is_needed ? mp_measurement_lock_take(run->schedule->cancellable, &run->waited) : -1;
}

static void run_phase(Run *run, guint first, guint end)
{
    wait_before_media(run, run->plan->pdata[first]);
    int lock = take_lock(run, first, end);
    prepare_turns(run, first, end);
    for (guint i = first; i < end; i++) {
        const MpStep *step = run->plan->pdata[i];
        g_autofree char *reason = reason_not_to_run(run, step);
        if (reason) {
            keep_not_run(run, i, reason);
            if (run->rounds && is_relayed_way(step))
                mp_rounds_leave(run->rounds);
            continue;
        }
        if (!start_job(run, i))
            continue;
        (*(step->is_beside ? &run->n_beside : &run->n_running))++;
        run->n_delaying += step->delays_media;
    }
    while (run->n_running > 0)
        end_next_job(run);
    g_clear_pointer(&run->turns, mp_turns_free);
    mp_measurement_lock_release(lock);
}

/* The end of the phase that starts at `first`. */
static guint phase_end(const GPtrArray *plan, guint first)
{
    guint end = first + 1;
    guint phase = ((const MpStep *)plan->pdata[first])->phase;
    while (end < plan->len && ((const MpStep *)plan->pdata[end])->phase == phase)
        end++;
    return end;
}

static void run_phases(Run *run)
{
    for (guint first = 0; first < run->plan->len; first = phase_end(run->plan, first))
        run_phase(run, first, phase_end(run->plan, first));
    g_cancellable_cancel(run->all_but_over);
    while (run->n_beside > 0)
        end_next_job(run);
}

static void cancel_other(GCancellable *cancelled, gpointer other)
{
    (void)cancelled;
    g_cancellable_cancel(other);
}

GPtrArray *mp_schedule_run(const MpSchedule *schedule, GPtrArray *plan, GError **error)
{
    g_autoptr(GPtrArray)
        measurements = g_ptr_array_new_with_free_func((GDestroyNotify)mp_measurement_free);
    g_ptr_array_set_size(measurements, (int)plan->len);
    g_autoptr(GAsyncQueue) finished = g_async_queue_new();
    Run run = {.schedule = schedule,
               .plan = plan,
               .measurements = measurements,
               .finished = finished,
               .started = mp_clock_now(),
               .all_but_over = g_cancellable_new()};

    const gulong handler = schedule->cancellable ? g_cancellable_connect(schedule->cancellable,
                                                                         G_CALLBACK(cancel_other),
                                                                         run.all_but_over, NULL)
                                                 : 0;
    run.rounds = new_rounds(plan);
    run_phases(&run);
    mp_rounds_free(run.rounds);
    g_cancellable_disconnect(schedule->cancellable, handler);
    g_object_unref(run.all_but_over);

    if (run.failure && (!run.has_run || g_error_matches(run.failure, MP_ERROR, MP_ERROR_INPUT))) {
        g_propagate_error(error, run.failure);
        return NULL;
    }
    g_clear_error(&run.failure);
    return g_steal_pointer(&measurements);
}
