/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carrying out plans, with probes that only pretend.
 */
#include "engine/schedule.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "engine/measurement_lock.h"

/* A probe of one kind behaves in one way. */

static MpMeasurement *answer(const MpStep *step, MpOutcome outcome)
{
    MpMeasurement *measurement = mp_measurement_new(step->id, step->kind, "far end",
                                                    MP_TRANSPORT_UDP);
    mp_measurement_add_stage(measurement, "test", outcome, 0, 0, NULL);
    return measurement;
}

static MpMeasurement *run_answered(const MpStep *step, const MpProbeContext *context,
                                   GError **error)
{
    (void)context;
    (void)error;
    return answer(step, MP_OUTCOME_ANSWERED);
}

static MpMeasurement *run_silent(const MpStep *step, const MpProbeContext *context, GError **error)
{
    (void)context;
    (void)error;
    return answer(step, MP_OUTCOME_SILENT);
}

/* The ways that break leave, which the engine sees to: else this waits for a second. */
static void take_turn(const MpProbeContext *context)
{
    const MpTime began = mp_clock_now();
    const MpTurnsMember member = {.deadline = context->deadline};
    mp_turns_join(context->turns, context->rank, &member);
    while (!mp_turns_is_mine(context->turns, context->rank))
        g_usleep(1000);
    g_assert_cmpint(mp_clock_now() - began, <, MP_SEC(1));
    mp_turns_finish(context->turns, context->rank);
}

static GMutex media_mutex;
static GCond media_cond;
static gboolean has_media_begun;

static MpMeasurement *run_media(const MpStep *step, const MpProbeContext *context, GError **error)
{
    g_mutex_lock(&media_mutex);
    has_media_begun = TRUE;
    g_cond_broadcast(&media_cond);
    g_mutex_unlock(&media_mutex);
    const gboolean works = step->way == MP_WAY_TURN_TCP || step->way == MP_WAY_TURN_TLS;
    MpMeasurement *measurement = works ? run_answered(step, context, error)
                                       : run_silent(step, context, error);
    if (works && context->turns)
        take_turn(context);
    const gboolean is_first = !context->turns || mp_turns_is_first(context->turns, context->rank);
    const MpTime media_time = is_first ? context->full_media_time
                                       : context->turn_time * MP_TURNS_ROUNDS;
    json_object_set_int_member(measurement->facts, "media_time", media_time);
    json_object_set_int_member(measurement->facts, "deadline", context->deadline);
    return measurement;
}

/* Returns only when all `meeting_size` of them are there: side by side, or never. */
static GMutex meeting_mutex;
static GCond meeting_cond;
static guint meeting_size;

static MpMeasurement *run_meeting(const MpStep *step, const MpProbeContext *context, GError **error)
{
    (void)context;
    (void)error;
    g_mutex_lock(&meeting_mutex);
    meeting_size--;
    g_cond_broadcast(&meeting_cond);
    while (meeting_size > 0)
        g_cond_wait(&meeting_cond, &meeting_mutex);
    g_mutex_unlock(&meeting_mutex);
    return answer(step, MP_OUTCOME_ANSWERED);
}

/* As long as media might take to begin: TRUE in the facts where it did. */
static MpMeasurement *run_watching(const MpStep *step, const MpProbeContext *context,
                                   GError **error)
{
    const gint64 until = g_get_monotonic_time() + 200 * G_TIME_SPAN_MILLISECOND;
    MpMeasurement *measurement = run_answered(step, context, error);
    g_mutex_lock(&media_mutex);
    while (!has_media_begun && g_cond_wait_until(&media_cond, &media_mutex, until))
        continue;
    json_object_set_boolean_member(measurement->facts, "saw_media", has_media_begun);
    g_mutex_unlock(&media_mutex);
    return measurement;
}

/* Cancels the run from within, and still hands back what it saw. */
static MpMeasurement *run_cancelling(const MpStep *step, const MpProbeContext *context,
                                     GError **error)
{
    (void)error;
    g_cancellable_cancel(context->cancellable);
    return answer(step, MP_OUTCOME_ANSWERED);
}

static MpMeasurement *run_unable(const MpStep *step, const MpProbeContext *context, GError **error)
{
    (void)step;
    (void)context;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "out of sockets");
    return NULL;
}

static MpMeasurement *run_misled(const MpStep *step, const MpProbeContext *context, GError **error)
{
    (void)step;
    (void)context;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "ca.pem: not a certificate");
    return NULL;
}

static MpMeasurement *run_requiring(const MpStep *step, const MpProbeContext *context,
                                    GError **error)
{
    (void)error;
    g_assert_nonnull(context->required);
    g_assert_cmpstr(context->required->id, ==,
                    step->or_requires_id ? step->or_requires_id : step->requires_id);
    return answer(step, MP_OUTCOME_ANSWERED);
}

/* Meets the other ways; "silent" ones never come. */
static MpMeasurement *run_turn(const MpStep *step, const MpProbeContext *context, GError **error)
{
    MpRoundsPlace place = {.n_ways = 0};
    const gboolean comes = context->rounds && !g_str_has_prefix(step->id, "silent");
    if (comes)
        mp_rounds_join(context->rounds, MP_MSEC(10), context->cancellable, &place);
    MpMeasurement *measurement = run_answered(step, context, error);
    json_object_set_int_member(measurement->facts, "ways", comes ? (gint64)place.n_ways : -1);
    return measurement;
}

static const MpProbe *find(const char *kind)
{
    static const MpProbe probes[] = {
        {"answered", run_answered}, {"silent", run_silent},         {"media", run_media},
        {"meeting", run_meeting},   {"cancelling", run_cancelling}, {"unable", run_unable},
        {"misled", run_misled},     {"requiring", run_requiring},   {"turn", run_turn},
        {"watching", run_watching},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(probes); i++)
        if (g_str_equal(probes[i].kind, kind))
            return &probes[i];
    return NULL;
}

static GPtrArray *new_plan(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)mp_step_free);
}

static MpStep *add(GPtrArray *plan, const char *kind, const char *id, guint phase)
{
    MpStep *step = mp_step_new(kind, id);
    step->phase = phase;
    step->deadline = MP_SEC(5);
    g_ptr_array_add(plan, step);
    return step;
}

static MpSchedule new_schedule(const MpTargets *targets)
{
    return (MpSchedule){.find = find,
                        .targets = targets,
                        .deadline = mp_clock_now() + MP_SEC(60),
                        .full_media_time = MP_SEC(4)};
}

static GPtrArray *run(GPtrArray *plan)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GError) error = NULL;
    const MpSchedule schedule = new_schedule(targets);
    GPtrArray *measurements = mp_schedule_run(&schedule, plan, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(measurements->len, ==, plan->len);
    return measurements;
}

static MpOutcome outcome(const GPtrArray *measurements, guint index)
{
    return ((const MpMeasurement *)measurements->pdata[index])->outcome;
}

static const char *reason(const GPtrArray *measurements, guint index)
{
    return mp_facts_string(((const MpMeasurement *)measurements->pdata[index])->facts, "reason");
}

static void test_steps_of_a_phase_run_side_by_side(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    enum { N_STEPS = 80 };
    meeting_size = N_STEPS;
    for (guint i = 0; i < N_STEPS; i++) {
        g_autofree char *id = g_strdup_printf("step-%u", i);
        add(plan, "meeting", id, 0);
    }
    g_autoptr(GPtrArray) measurements = run(plan);
    for (guint i = 0; i < N_STEPS; i++)
        g_assert_cmpstr(((const MpMeasurement *)measurements->pdata[i])->id, ==,
                        ((const MpStep *)plan->pdata[i])->id);
}

static gboolean was_beside_media(gboolean delays_media)
{
    g_autoptr(GPtrArray) plan = new_plan();
    MpStep *step = add(plan, "watching", "beside", 0);
    has_media_begun = FALSE;
    step->is_beside = TRUE;
    step->delays_media = delays_media;
    add(plan, "answered", "other", 1);
    add(plan, "media", "media", 2);
    g_autoptr(GPtrArray) measurements = run(plan);
    const MpMeasurement *measurement = measurements->pdata[0];
    return json_object_get_boolean_member(measurement->facts, "saw_media");
}

static void test_media_waits_for_what_would_disturb_it(void)
{
    g_assert_false(was_beside_media(TRUE));
    g_assert_true(was_beside_media(FALSE));
}

static double ways_of(const GPtrArray *measurements, guint index)
{
    double n = NAN;
    mp_facts_number(((const MpMeasurement *)measurements->pdata[index])->facts, "ways", &n);
    return n;
}

static void test_relayed_ways_meet_to_be_compared(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "turn", "udp", 0);
    add(plan, "turn", "tcp", 0);
    add(plan, "turn", "silent", 0);
    add(plan, "turn", "tls", 0);
    /* Over the other family it is not the way that a call takes first. */
    add(plan, "turn", "udp/v6", 0)->family = MP_FAMILY_IPV6;
    g_autoptr(GPtrArray) measurements = run(plan);
    const double expected[] = {3, 3, -1, 3, -1};
    for (guint i = 0; i < plan->len; i++)
        g_assert_cmpfloat(ways_of(measurements, i), ==, expected[i]);
}

static void test_one_way_alone_meets_nobody(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "turn", "udp", 0);
    g_autoptr(GPtrArray) measurements = run(plan);
    g_assert_cmpfloat(ways_of(measurements, 0), ==, -1);
}

static void test_what_requires_an_answer_runs_after_it(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "answered", "turn", 0);
    add(plan, "requiring", "media", 1)->requires_id = g_strdup("turn");
    g_autoptr(GPtrArray) measurements = run(plan);
    g_assert_cmpint(outcome(measurements, 1), ==, MP_OUTCOME_ANSWERED);
}

static void test_what_requires_one_of_two_takes_the_answered_one(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "silent", "turn", 0);
    add(plan, "answered", "turn/v6", 0);
    MpStep *step = add(plan, "requiring", "media", 1);
    step->requires_id = g_strdup("turn");
    step->or_requires_id = g_strdup("turn/v6");
    g_autoptr(GPtrArray) measurements = run(plan);
    g_assert_cmpint(outcome(measurements, 2), ==, MP_OUTCOME_ANSWERED);
}

static void test_what_requires_silence_is_not_run(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "silent", "turn", 0);
    add(plan, "requiring", "media", 1)->requires_id = g_strdup("turn");
    g_autoptr(GPtrArray) measurements = run(plan);
    g_assert_cmpint(outcome(measurements, 1), ==, MP_OUTCOME_NOT_RUN);
    g_assert_cmpstr(reason(measurements, 1), ==, "requires turn");
}

static void test_after_the_deadline_nothing_starts(void)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "answered", "a", 0);
    MpSchedule schedule = new_schedule(targets);
    schedule.deadline = mp_clock_now();
    g_autoptr(GPtrArray) measurements = mp_schedule_run(&schedule, plan, NULL);
    g_assert_cmpint(outcome(measurements, 0), ==, MP_OUTCOME_NOT_RUN);
    g_assert_cmpstr(reason(measurements, 0), ==, "the time limit of the check was reached");
}

static void test_a_probe_ends_with_its_step_and_with_the_run(void)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "media", "short", 0)->deadline = MP_SEC(2);
    add(plan, "media", "long", 1)->deadline = MP_SEC(3600);
    MpSchedule schedule = new_schedule(targets);
    schedule.full_media_time = 0;
    MpTime before = mp_clock_now();
    g_autoptr(GPtrArray) measurements = mp_schedule_run(&schedule, plan, NULL);
    double first;
    double second;
    mp_facts_number(((MpMeasurement *)measurements->pdata[0])->facts, "deadline", &first);
    mp_facts_number(((MpMeasurement *)measurements->pdata[1])->facts, "deadline", &second);
    g_assert_cmpfloat(first, >=, (double)(before + MP_SEC(2)));
    g_assert_cmpfloat(first, <, (double)(before + MP_SEC(30)));
    g_assert_cmpfloat(second, ==, (double)schedule.deadline);
}

static void test_an_interruption_keeps_what_was_measured(void)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "answered", "before", 0);
    add(plan, "cancelling", "during", 1);
    add(plan, "answered", "after", 2);
    MpSchedule schedule = new_schedule(targets);
    schedule.cancellable = cancellable;
    g_autoptr(GPtrArray) measurements = mp_schedule_run(&schedule, plan, NULL);
    g_assert_cmpint(outcome(measurements, 0), ==, MP_OUTCOME_ANSWERED);
    g_assert_cmpint(outcome(measurements, 1), ==, MP_OUTCOME_ANSWERED);
    g_assert_cmpint(outcome(measurements, 2), ==, MP_OUTCOME_NOT_RUN);
    g_assert_cmpstr(reason(measurements, 2), ==, "interrupted");
}

static void test_the_first_way_that_works_gets_the_full_media_time(void)
{
    const MpTime expected[] = {0, 0, MP_SEC(4), MP_MSEC(1500)};
    g_autoptr(GPtrArray) plan = new_plan();
    for (guint way = 0; way < G_N_ELEMENTS(expected); way++) {
        MpStep *step = add(plan, "media", mp_way_name((MpWay)way), 0);
        step->way = (MpWay)way;
        step->media_time = way == 0 ? MP_SEC(4) : MP_MSEC(1500);
    }
    g_autoptr(GPtrArray) measurements = run(plan);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        double media_time;
        const MpMeasurement *measurement = measurements->pdata[i];
        g_assert_true(mp_facts_number(measurement->facts, "media_time", &media_time));
        if (expected[i])
            g_assert_cmpint((MpTime)media_time, ==, expected[i]);
    }
}

static void test_one_way_at_media_waits_for_nobody(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "silent", "turn", 0);
    add(plan, "media", "media-turn-udp", 1)->requires_id = g_strdup("turn");
    MpStep *step = add(plan, "media", "media-turn-tcp", 1);
    step->way = MP_WAY_TURN_TCP;
    step->media_time = MP_MSEC(1500);
    g_autoptr(GPtrArray) measurements = run(plan);
    double media_time = 0;
    mp_facts_number(((const MpMeasurement *)measurements->pdata[2])->facts, "media_time",
                    &media_time);
    g_assert_cmpint((MpTime)media_time, ==, MP_SEC(4));
}

static void test_one_step_that_cannot_be_carried_out_is_not_run(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "unable", "a", 0);
    add(plan, "answered", "b", 0);
    g_autoptr(GPtrArray) measurements = run(plan);
    g_assert_cmpint(outcome(measurements, 0), ==, MP_OUTCOME_NOT_RUN);
    g_assert_cmpstr(reason(measurements, 0), ==, "out of sockets");
}

static void assert_fails(GPtrArray *plan, MpErrorCode code)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GError) error = NULL;
    const MpSchedule schedule = new_schedule(targets);
    g_assert_null(mp_schedule_run(&schedule, plan, &error));
    g_assert_error(error, MP_ERROR, (int)code);
}

static void test_when_no_step_can_be_carried_out_the_run_fails(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "unable", "a", 0);
    add(plan, "requiring", "b", 1)->requires_id = g_strdup("a");
    assert_fails(plan, MP_ERROR_UNAVAILABLE);
}

static void test_wrong_input_fails_the_run(void)
{
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "unable", "a", 0);
    add(plan, "answered", "b", 0);
    add(plan, "misled", "c", 1);
    assert_fails(plan, MP_ERROR_INPUT);
}

/* Another check on this computer, which measures until somebody waits for it. */
typedef struct {
    char *lock_path;
    char *mark_path;
    int lock;
    MpTime held_until; /* when it gave the lock back */
} Neighbour;

static gboolean is_marked(const char *path)
{
    struct flock mark = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_CLOEXEC);
    gboolean is_held = fd >= 0 && fcntl(fd, F_OFD_GETLK, &mark) == 0 && mark.l_type != F_UNLCK;
    if (fd >= 0)
        close(fd);
    return is_held;
}

static gpointer measure_until_awaited(gpointer data)
{
    Neighbour *neighbour = data;
    while (!is_marked(neighbour->mark_path))
        g_thread_yield();
    neighbour->held_until = mp_clock_now();
    close(neighbour->lock);
    return NULL;
}

static Neighbour new_neighbour(void)
{
    Neighbour neighbour = {0};
    neighbour.lock = g_file_open_tmp("mediapath-lock-XXXXXX", &neighbour.lock_path, NULL);
    close(g_file_open_tmp("mediapath-mark-XXXXXX", &neighbour.mark_path, NULL));
    g_assert_cmpint(flock(neighbour.lock, LOCK_EX), ==, 0);
    g_setenv(MP_MEASUREMENT_LOCK_VARIABLE, neighbour.lock_path, TRUE);
    g_setenv(MP_MEASUREMENT_WAIT_VARIABLE, neighbour.mark_path, TRUE);
    return neighbour;
}

static void forget_neighbour(Neighbour *neighbour)
{
    g_unsetenv(MP_MEASUREMENT_LOCK_VARIABLE);
    g_unsetenv(MP_MEASUREMENT_WAIT_VARIABLE);
    (void)g_unlink(neighbour->lock_path);
    (void)g_unlink(neighbour->mark_path);
    g_free(neighbour->lock_path);
    g_free(neighbour->mark_path);
}

static void test_media_waits_for_its_turn_and_the_wait_is_not_its_time(void)
{
    Neighbour neighbour = new_neighbour();
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GPtrArray) plan = new_plan();
    MpStep *step = add(plan, "media", "media-udp", 0);
    step->is_alone = TRUE;
    step->deadline = MP_SEC(3600);
    MpSchedule schedule = new_schedule(targets);
    GThread *thread = g_thread_new("neighbour", measure_until_awaited, &neighbour);
    MpTime began = mp_clock_now();
    g_autoptr(GPtrArray) measurements = mp_schedule_run(&schedule, plan, NULL);
    g_thread_join(thread);
    double deadline;
    mp_facts_number(((MpMeasurement *)measurements->pdata[0])->facts, "deadline", &deadline);
    g_assert_cmpfloat(deadline, >=, (double)(schedule.deadline + neighbour.held_until - began));
    g_assert_false(is_marked(neighbour.mark_path));
    int lock = open(neighbour.lock_path, O_RDWR | O_CLOEXEC);
    g_assert_cmpint(flock(lock, LOCK_EX | LOCK_NB), ==, 0);
    close(lock);
    forget_neighbour(&neighbour);
}

static void test_what_is_not_media_does_not_wait(void)
{
    Neighbour neighbour = new_neighbour();
    g_autoptr(GPtrArray) plan = new_plan();
    add(plan, "answered", "stun", 0);
    g_autoptr(GPtrArray) measurements = run(plan);
    g_assert_cmpint(outcome(measurements, 0), ==, MP_OUTCOME_ANSWERED);
    close(neighbour.lock);
    forget_neighbour(&neighbour);
}

typedef struct {
    GThread *thread;
    GString *events;
} Listener;

static void hear(const MpStep *step, guint index, const MpMeasurement *measurement,
                 gpointer user_data)
{
    Listener *listener = user_data;
    g_assert_true(g_thread_self() == listener->thread);
    g_string_append_printf(listener->events, "%u%s%s ", index, measurement ? "<" : ">", step->id);
}

static void test_progress_comes_in_the_callers_thread(void)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(GPtrArray) plan = new_plan();
    g_autoptr(GString) events = g_string_new(NULL);
    Listener listener = {g_thread_self(), events};
    add(plan, "silent", "a", 0);
    add(plan, "requiring", "b", 1)->requires_id = g_strdup("a");
    add(plan, "answered", "c", 2);
    MpSchedule schedule = new_schedule(targets);
    schedule.progress = hear;
    schedule.user_data = &listener;
    g_autoptr(GPtrArray) measurements = mp_schedule_run(&schedule, plan, NULL);
    g_assert_nonnull(measurements);
    g_assert_cmpstr(events->str, ==, "0>a 0<a 1<b 2>c 2<c ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schedule/media alone", test_media_waits_for_what_would_disturb_it);
    g_test_add_func("/schedule/rounds", test_relayed_ways_meet_to_be_compared);
    g_test_add_func("/schedule/no-rounds", test_one_way_alone_meets_nobody);
    g_test_add_func("/schedule/steps-of-a-phase-run-side-by-side",
                    test_steps_of_a_phase_run_side_by_side);
    g_test_add_func("/schedule/what-requires-one-of-two",
                    test_what_requires_one_of_two_takes_the_answered_one);
    g_test_add_func("/schedule/what-requires-an-answer-runs-after-it",
                    test_what_requires_an_answer_runs_after_it);
    g_test_add_func("/schedule/what-requires-silence-is-not-run",
                    test_what_requires_silence_is_not_run);
    g_test_add_func("/schedule/after-the-deadline-nothing-starts",
                    test_after_the_deadline_nothing_starts);
    g_test_add_func("/schedule/a-probe-ends-with-its-step-and-with-the-run",
                    test_a_probe_ends_with_its_step_and_with_the_run);
    g_test_add_func("/schedule/an-interruption-keeps-what-was-measured",
                    test_an_interruption_keeps_what_was_measured);
    g_test_add_func("/schedule/the-first-way-that-works-gets-the-full-media-time",
                    test_the_first_way_that_works_gets_the_full_media_time);
    g_test_add_func("/schedule/one-way-at-media", test_one_way_at_media_waits_for_nobody);
    g_test_add_func("/schedule/one-step-that-cannot-be-carried-out-is-not-run",
                    test_one_step_that_cannot_be_carried_out_is_not_run);
    g_test_add_func("/schedule/when-no-step-can-be-carried-out-the-run-fails",
                    test_when_no_step_can_be_carried_out_the_run_fails);
    g_test_add_func("/schedule/wrong-input-fails-the-run", test_wrong_input_fails_the_run);
    g_test_add_func("/schedule/media-waits-for-its-turn-and-the-wait-is-not-its-time",
                    test_media_waits_for_its_turn_and_the_wait_is_not_its_time);
    g_test_add_func("/schedule/what-is-not-media-does-not-wait",
                    test_what_is_not_media_does_not_wait);
    g_test_add_func("/schedule/progress-comes-in-the-callers-thread",
                    test_progress_comes_in_the_callers_thread);
    return g_test_run();
}
