/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is left of the delay's variation once the queue is taken away.
 */
#include "analysis/path_fit_jitter.h"

#include <math.h>

/* An earlier arrival by less is the timestamps' own. */
#define OVERTAKES_MS 0.05
/* Narrower jitter than this is of no concern to a call: it gets a width and no more. */
#define LEAST_WIDTH_MS 0.5
#define DEVIATIONS_WIDE 2
#define LEAST_SPREAD 0.03
#define SLOWEST_MS 1000
#define FAST_SPREAD 0.3
/* They wait for none, or nearly. */
#define IDLE_MS 2
#define ENOUGH 50
/* Packets that leave together tell the same, where jitter drifts. */
#define TOGETHER_MS 1

static gboolean is_usable(const MpFitPacket *packet)
{
    return packet->fate == MP_FIT_ARRIVED && !packet->is_in_outage;
}

static gboolean overtakes(const MpFit *fit)
{
    double latest = -INFINITY;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (packet->fate != MP_FIT_ARRIVED)
            continue;
        const double arrival = packet->sent_ms + packet->delay_ms;
        if (arrival < latest - OVERTAKES_MS)
            return TRUE;
        latest = fmax(latest, arrival);
    }
    return FALSE;
}

static void trace_clear(MpJitterTrace *trace)
{
    g_free(trace->left_ms);
    g_free(trace->rest_ms);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MpJitterTrace, trace_clear)

/* Packets that wait for none show the jitter as it is: whether there are enough of them. */
static gboolean has_idle(const MpFit *fit)
{
    if (isnan(fit->side->rate_kbps) || fit->side->is_policer)
        return TRUE;
    guint n_idle = 0;
    for (guint i = 0; i < fit->n_packets; i++)
        n_idle += is_usable(&fit->packets[i]) &&
                          mp_path_fit_wait_before(fit, &fit->packets[i]) <= IDLE_MS
                      ? 1
                      : 0;
    return n_idle >= ENOUGH;
}

static MpJitterTrace trace_of(const MpFit *fit, gboolean is_idle)
{
    const double longest_ms = is_idle ? IDLE_MS : INFINITY;
    MpJitterTrace trace = {.left_ms = g_new(double, fit->n_packets),
                           .rest_ms = g_new(double, fit->n_packets),
                           .keeps_order = !overtakes(fit)};
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (!is_usable(packet) || mp_path_fit_wait_before(fit, packet) > longest_ms)
            continue;
        trace.left_ms[trace.n] = packet->sent_ms + packet->wait_ms;
        trace.rest_ms[trace.n++] = packet->delay_ms - packet->wait_ms;
    }
    return trace;
}

/* Only the first of those that leave together. */
static MpJitterTrace thinned(const MpJitterTrace *all)
{
    MpJitterTrace trace = {.left_ms = g_new(double, all->n),
                           .rest_ms = g_new(double, all->n),
                           .keeps_order = all->keeps_order};
    for (guint i = 0; i < all->n; i++) {
        if (trace.n > 0 && all->left_ms[i] < trace.left_ms[trace.n - 1] + TOGETHER_MS)
            continue;
        trace.left_ms[trace.n] = all->left_ms[i];
        trace.rest_ms[trace.n++] = all->rest_ms[i];
    }
    return trace;
}

/* What changes more slowly is no jitter, but a path that changes, or a queue that is never empty
 * and others' packets in it: only its steps are. */
static MpPathJitter fast_part(const MpShape *shape, gboolean keeps_order)
{
    const double width = exp(shape->columns[MP_SHAPE_WIDTH]);
    return (MpPathJitter){.distribution = MP_JITTER_NORMAL,
                          .scale_ms = {width * exp(shape->columns[MP_SHAPE_STEP_1]), FAST_SPREAD},
                          .reorders = !keeps_order};
}

void mp_path_fit_jitter(MpFit *fit)
{
    MpPathSide *side = fit->side;
    const gboolean is_idle = has_idle(fit);
    g_auto(MpJitterTrace) all = trace_of(fit, is_idle);
    g_auto(MpJitterTrace) firsts = thinned(&all);
    const MpShape shape = mp_jitter_shape(&firsts, firsts.rest_ms);
    const double width = exp(shape.columns[MP_SHAPE_WIDTH]);
    side->delay_ms = is_idle ? shape.least_ms : fit->base_ms;
    side->jitter = (MpPathJitter){.distribution = MP_JITTER_NORMAL,
                                  .scale_ms = {width / DEVIATIONS_WIDE, LEAST_SPREAD},
                                  .reorders = !all.keeps_order};
    /* Where each packet is for itself and none overtakes, the first waits for the latest of those
     * before it, and they must be played as well. */
    const gboolean is_each = all.keeps_order && mp_jitter_is_independent(&shape);
    if (width >= LEAST_WIDTH_MS && is_idle)
        side->jitter = mp_jitter_guess(is_each ? &all : &firsts);
    /* g_auto() clears both traces, which the analyzer does not see.
     * NOLINTBEGIN(clang-analyzer-unix.Malloc) */
    if (!is_idle || side->jitter.correlation_ms.median > SLOWEST_MS)
        side->jitter = fast_part(&shape, all.keeps_order);
    side->jitter.median_ms = is_idle ? shape.median_ms - shape.least_ms : 0;
    /* NOLINTEND(clang-analyzer-unix.Malloc) */
}
