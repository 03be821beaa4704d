/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The main job: input, plan, probes, judgement.
 */
#include <mediapath/check.h>
#include <mediapath/i18n.h>

#include <math.h>

#include "analysis/judge.h"
#include "base/clock.h"
#include "base/error.h"
#include "engine/check_input.h"
#include "engine/environment.h"
#include "engine/schedule.h"
#include "engine/system_proxy.h"
#include "model/result.h"
#include "plan/planner.h"
#include "probe/capture.h"
#include "probe/server_addresses.h"
#include "report/json_evidence.h"
#include "report/step_text.h"

typedef struct {
    MpCpuTime work_began; /* that of the "computer" step; total 0: it has not */
    MpCpuTime left_out;   /* what it took */
    MpCheckProgress progress;
    gpointer user_data;
    guint n_steps;
} Listener;

static void tell_planned(const Listener *listener)
{
    MpCheckEvent event = {.type = MP_CHECK_PLANNED, .n_steps = listener->n_steps};
    if (listener->progress)
        listener->progress(&event, listener->user_data);
}

/* The processor works on purpose then: that says nothing about what a call has left. It is alone,
 * so that its time is nobody else's. A step that is not run ends without having begun. */
static void leave_computer_out(Listener *listener, const MpStep *step, gboolean is_over)
{
    if (!g_str_equal(step->kind, "computer"))
        return;
    const MpCpuTime now = mp_cpu_time_read();
    if (!is_over)
        listener->work_began = now;
    else if (listener->work_began.total > 0)
        listener->left_out = mp_cpu_time_less(now, listener->work_began);
}

static void tell_step(const MpStep *step, guint index, const MpMeasurement *measurement,
                      gpointer user_data)
{
    Listener *listener = user_data;
    leave_computer_out(listener, step, measurement != NULL);
    if (!listener->progress)
        return;

    g_autofree char *title = mp_step_title(step);
    g_autofree char *detail = measurement ? mp_measurement_line(measurement) : NULL;
    MpCheckEvent event = {
        .type = measurement ? MP_CHECK_FINISHED : MP_CHECK_STARTED,
        .n_steps = listener->n_steps,
        .step = index,
        .id = step->id,
        .title = title,
        .outcome = measurement ? mp_outcome_name(measurement->outcome) : NULL,
        .detail = detail,
        .duration_ms = measurement ? measurement->duration_ms : 0,
    };
    listener->progress(&event, listener->user_data);
}

/* The latest that a timer of ours was on any way; NAN: no media ran. */
static double latest_timer(const GPtrArray *measurements)
{
    double latest = NAN;
    for (guint i = 0; i < measurements->len; i++) {
        const MpMeasurement *measurement = measurements->pdata[i];
        double late;
        if (mp_facts_number(measurement->facts, "timing.timer_late_p99_ms", &late))
            latest = fmax(latest, late);
    }
    return latest;
}

static MpResult *new_result(const MpCheckInput *input)
{
    MpResult *result = mp_result_new();
    result->started = mp_clock_rfc3339();
    result->scenario = g_strdup(input->targets->label);
    result->is_emulated = input->targets->is_emulated;
    result->profile = g_strdup(input->profile->name);
    result->role = g_strdup(input->role);
    result->lang = g_strdup(input->lang);
    mp_environment_free(result->environment);
    result->environment = mp_environment_read();
    result->environment->browser = input->browser;
    return result;
}

/* What nobody named is taken from the system's settings, as a browser does. */
static void find_proxy(MpTargets *targets, GCancellable *cancellable)
{
    if (!targets->proxy_url && !targets->is_emulated)
        targets->proxy_url = mp_system_proxy(
            targets->responder_url ? targets->responder_url : "https://turn.invalid/", cancellable);
}

/* A map that was asked for and has nobody to ask must not pass for one that was made. */
static gboolean has_all_maps(const GPtrArray *plan, const char *const *only, GError **error)
{
    for (; only && *only; only++) {
        gboolean is_planned = !g_str_has_prefix(*only, "ports");
        for (guint i = 0; i < plan->len; i++)
            is_planned = is_planned || g_str_equal(((const MpStep *)plan->pdata[i])->kind, *only);
        if (!is_planned) {
            g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                        "nobody to ask for \"%s\", expected a responder with a key, a TURN server "
                        "with credentials, or something to walk toward",
                        *only);
            return FALSE;
        }
    }
    return TRUE;
}

static GPtrArray *make_plan(const MpCheckInput *input, const MpCheckConfig *config, GError **error)
{
    const MpPlanOptions options = {.only = config->only,
                                   .skip = config->skip,
                                   .transports = config->transports,
                                   .has_both_families = mp_server_has_both_families(),
                                   .is_guest = g_str_equal(input->role, "guest"),
                                   .nat_lifetime = input->nat_lifetime,
                                   .first_port = config->first_port,
                                   .last_port = config->last_port,
                                   .port_rate = config->port_rate,
                                   .codec = config->codec,
                                   .sessions = config->sessions,
                                   .media_time = input->media_time,
                                   .capacity_kbps = config->capacity_kbps,
                                   .budget = input->budget};
    g_autoptr(GPtrArray) plan = mp_plan_make(input->targets, input->profile, &options);
    if (plan->len > 0 && has_all_maps(plan, config->only, error))
        return g_steal_pointer(&plan);
    if (plan->len > 0)
        return NULL;

    const MpTargets *targets = input->targets;
    gboolean has_far_end = targets->servers->len > 0 || targets->responder_url ||
                           targets->stamp_host || targets->walk_targets->len > 0;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s",
                has_far_end
                    ? "no step is left to run, expected a kind of probe and a transport that "
                      "fit the far ends"
                    : "nothing to check, expected a STUN or TURN server or a responder");
    return NULL;
}

/* FALSE: no step could be carried out. */
static gboolean measure(MpResult *result, const MpCheckInput *input, Listener *listener,
                        GCancellable *cancellable, GError **error)
{
    MpTime started = mp_clock_now();
    MpCpuTime before = mp_cpu_time_read();
    const MpSchedule schedule = {.find = mp_probe_find,
                                 .targets = input->targets,
                                 .deadline = started + input->budget,
                                 .full_media_time = input->media_time,
                                 .measures_all_capacities = input->measures_all_capacities,
                                 .cancellable = cancellable,
                                 .progress = tell_step,
                                 .user_data = listener};
    g_autoptr(GPtrArray) measurements = mp_schedule_run(&schedule, result->plan, error);
    if (!measurements)
        return FALSE;

    g_ptr_array_unref(result->measurements);
    result->measurements = g_steal_pointer(&measurements);
    result->environment->cpu_headroom = mp_cpu_headroom(
        before, mp_cpu_time_less(mp_cpu_time_read(), listener->left_out));
    result->environment->timer_late_p99_ms = latest_timer(result->measurements);
    result->duration_ms = mp_time_to_ms(mp_clock_now() - started);
    result->is_interrupted = g_cancellable_is_cancelled(cancellable);
    return TRUE;
}

/* The ranges of the servers' addresses, which say nothing about the caller. */
static GArray *ranges_of(const MpProfile *profile)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = profile->rows->pdata[i];
        g_array_append_vals(ranges, row->ranges->data, row->ranges->len);
    }
    return ranges;
}

/* NULL without an error: none is wanted. */
static MpCapture *open_capture(const MpCheckConfig *config, const MpProfile *profile,
                               GError **error)
{
    if (!config->pcapng_file)
        return NULL;
    g_autoptr(GArray) unmasked = ranges_of(profile);
    const MpCaptureConfig capture = {.file = config->pcapng_file,
                                     .masks = config->pcapng_masks,
                                     .unmasked = unmasked,
                                     .has_keys = config->pcapng_keys};
    return mp_capture_open(&capture, error);
}

/* What was measured is worth more than the file: its failure is told, and the check goes on. */
static void finish_capture(MpCapture *capture, const Listener *listener)
{
    g_autoptr(GError) failure = NULL;
    MpCheckEvent event = {.type = MP_CHECK_CAPTURED, .n_steps = listener->n_steps};
    if (!mp_capture_finish(capture, &event.n_packets, &failure))
        event.detail = failure->message;
    if (listener->progress)
        listener->progress(&event, listener->user_data);
}

gboolean mp_check_validate(const MpCheckConfig *config, GError **error)
{
    g_return_val_if_fail(config, FALSE);

    g_autoptr(MpCheckInput) input = mp_check_input_read(config, error);
    return input != NULL;
}

MpResult *mp_check_run(const MpCheckConfig *config, MpCheckProgress progress, gpointer user_data,
                       GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(config, NULL);

    g_autoptr(MpCheckInput) input = mp_check_input_read(config, error);
    if (input)
        find_proxy(input->targets, cancellable);
    g_autoptr(GPtrArray) plan = input ? make_plan(input, config, error) : NULL;
    if (!plan)
        return NULL;

    mp_i18n_use(input->lang);
    g_autoptr(MpResult) result = new_result(input);
    g_ptr_array_unref(result->plan);
    result->plan = g_steal_pointer(&plan);
    Listener listener = {
        .progress = progress, .user_data = user_data, .n_steps = result->plan->len};
    MpCapture *capture = open_capture(config, input->profile, error);
    if (config->pcapng_file && !capture)
        return NULL;
    tell_planned(&listener);
    const gboolean is_measured = measure(result, input, &listener, cancellable, error);
    if (capture)
        finish_capture(capture, &listener);
    if (!is_measured)
        return NULL;

    mp_result_settle(result);
    mp_judge(result, input->profile);
    return g_steal_pointer(&result);
}
