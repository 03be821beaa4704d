/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that loss allows.
 */
#include "simulator/sim_loss_based.h"

#include <math.h>

/* The factors, what arrives, the delay-based rate. */
#define MOST_CANDIDATES (MP_CHROMIUM_LOSS_FACTORS + 2)

static MpSimHold no_hold(const MpChromiumLossBased *chromium)
{
    return (MpSimHold){.until_ms = G_MININT64, .span_ms = chromium->first_hold_ms, .bps = INFINITY};
}

void mp_sim_loss_based_start(MpSimLossBased *loss, const MpChromiumCongestion *chromium)
{
    *loss = (MpSimLossBased){
        .best = {.bps = NAN, .inherent_loss = chromium->loss_based.inherent_loss},
        .hold = no_hold(&chromium->loss_based),
        .acked_bps = NAN,
        .delay_bps = INFINITY,
    };
    mp_sim_loss_model_start(&loss->model, &chromium->loss_based);
}

gboolean mp_sim_loss_based_is_ready(const MpSimLossBased *loss,
                                    const MpChromiumCongestion *chromium)
{
    return !isnan(loss->best.bps) && loss->model.count >= chromium->loss_based.least_observations;
}

static double feasible_loss(const MpChromiumLossBased *chromium, double inherent_loss, double bps)
{
    const double most = chromium->inherent_loss_offset + chromium->inherent_loss_bps / bps;
    return MIN(MAX(inherent_loss, chromium->least_inherent_loss), MIN(most, 1));
}

static gboolean is_padding_recent(const MpSimLossBased *loss, const MpChromiumLossBased *chromium)
{
    return loss->is_padded && loss->padded_ms + chromium->padding_ms >= loss->model.sent_ms;
}

static guint list_candidates(const MpSimLossBased *loss, const MpChromiumCongestion *chromium,
                             gboolean is_limited, double *bps)
{
    guint n = 0;
    for (; n < MP_CHROMIUM_LOSS_FACTORS; n++)
        bps[n] = chromium->loss_based.candidates[n] * loss->best.bps;
    if (!isnan(loss->acked_bps) && (!is_limited || is_padding_recent(loss, &chromium->loss_based)))
        bps[n++] = loss->acked_bps;
    if (isfinite(loss->delay_bps) && loss->delay_bps > loss->best.bps)
        bps[n++] = loss->delay_bps;
    const gboolean is_in_window = loss->state != MP_SIM_LOSS_NO_LIMIT && loss->has_window;
    const double most = MAX(loss->best.bps, is_in_window ? loss->window_bps : chromium->most_bps);
    for (guint i = 0; i < n; i++)
        bps[i] = MIN(bps[i], most);
    return n;
}

static MpSimChannel likeliest(const MpSimLossBased *loss, const MpChromiumCongestion *chromium,
                              gboolean is_limited)
{
    const MpChromiumLossBased *numbers = &chromium->loss_based;
    double bps[MOST_CANDIDATES];
    const guint n = list_candidates(loss, chromium, is_limited, bps);
    MpSimChannel best = loss->best;
    double best_objective = -INFINITY;
    for (guint i = 0; i < n; i++) {
        double inherent = feasible_loss(numbers, loss->best.inherent_loss, bps[i]);
        inherent = mp_sim_loss_model_step(&loss->model, numbers, inherent, bps[i]);
        inherent = feasible_loss(numbers, inherent, bps[i]);
        const double objective = mp_sim_loss_model_objective(&loss->model, numbers, inherent,
                                                             bps[i]);
        if (objective < best_objective || (objective == best_objective && bps[i] <= best.bps))
            continue;
        best_objective = objective;
        best = (MpSimChannel){.bps = bps[i], .inherent_loss = inherent};
    }
    return best;
}

static gboolean is_increase(const MpSimLossBased *loss, double before, double after)
{
    return before < after || (before == after && loss->state == MP_SIM_LOSS_INCREASING);
}

/* While loss limits, the estimate grows in steps and never far beyond what arrives. */
static double slow_down(const MpSimLossBased *loss, const MpChromiumLossBased *chromium, double bps)
{
    if (loss->has_window && loss->window_ms + chromium->increase_ms > loss->model.sent_ms)
        bps = MIN(bps, loss->window_bps);
    if (!is_increase(loss, loss->best.bps, bps) || isnan(loss->acked_bps))
        return bps;
    const gboolean is_near_hold = isfinite(loss->hold.bps) &&
                                  loss->acked_bps < chromium->hold_threshold * loss->hold.bps;
    const double factor = is_near_hold ? chromium->ramp_up_in_hold : chromium->ramp_up;
    bps = MAX(loss->best.bps, MIN(bps, factor * loss->acked_bps));
    /* The least that counts as an increase, so that padding begins. */
    return loss->state == MP_SIM_LOSS_DECREASING && bps == loss->best.bps ? bps + 1 : bps;
}

static double lower_bound(const MpSimLossBased *loss, const MpChromiumCongestion *chromium)
{
    return fmax(loss->acked_bps, chromium->least_bps); /* which passes over NAN */
}

static double upper_bound(const MpSimLossBased *loss, const MpChromiumCongestion *chromium)
{
    const double beyond = loss->model.average_loss - chromium->loss_based.instant_offset;
    return beyond > 0 ? chromium->loss_based.instant_bps / beyond : chromium->most_bps;
}

/* The new best estimate; the rate that it allows is returned. */
static double choose(MpSimLossBased *loss, const MpChromiumCongestion *chromium,
                     gboolean is_limited)
{
    MpSimChannel best = likeliest(loss, chromium, is_limited);
    if (loss->model.average_loss > best.inherent_loss && best.bps > loss->best.bps)
        best.bps = loss->best.bps;
    if (loss->state != MP_SIM_LOSS_NO_LIMIT)
        best.bps = slow_down(loss, &chromium->loss_based, best.bps);
    const double least = lower_bound(loss, chromium);
    const double most = MIN(upper_bound(loss, chromium), loss->delay_bps);
    const double bounded = MAX(least, MIN(best.bps, most));
    if (bounded < best.bps)
        best = (MpSimChannel){.bps = bounded, .inherent_loss = 0};
    best.bps = MAX(best.bps, least);
    loss->best = best;
    return bounded;
}

static gboolean may_keep_increasing(const MpSimLossBased *loss, const MpChromiumLossBased *chromium,
                                    double bps)
{
    return loss->state != MP_SIM_LOSS_INCREASING || is_padding_recent(loss, chromium) ||
           !loss->is_padded || loss->padded_bps < bps;
}

static void increase(MpSimLossBased *loss, double bps)
{
    if (!loss->is_padded || bps > loss->padded_bps) {
        loss->is_padded = TRUE;
        loss->padded_bps = bps;
        loss->padded_ms = loss->model.sent_ms;
    }
    loss->state = MP_SIM_LOSS_INCREASING;
}

static void decrease(MpSimLossBased *loss, const MpChromiumLossBased *chromium, double bps)
{
    if (loss->state != MP_SIM_LOSS_DECREASING) {
        loss->hold.until_ms = loss->model.sent_ms + loss->hold.span_ms;
        loss->hold.span_ms = (gint64)MIN((double)chromium->most_hold_ms,
                                         (double)loss->hold.span_ms * chromium->hold_factor);
        loss->hold.bps = bps;
    }
    loss->is_padded = FALSE;
    loss->state = MP_SIM_LOSS_DECREASING;
}

static void change_state(MpSimLossBased *loss, const MpChromiumCongestion *chromium, double bps)
{
    const gboolean limits = bps < loss->delay_bps && bps < chromium->most_bps;
    if (limits && loss->state != MP_SIM_LOSS_NO_LIMIT && is_increase(loss, loss->bps, bps) &&
        may_keep_increasing(loss, &chromium->loss_based, bps)) {
        increase(loss, bps);
    } else if (limits) {
        decrease(loss, &chromium->loss_based, bps);
    } else {
        loss->hold = no_hold(&chromium->loss_based);
        loss->is_padded = FALSE;
        loss->state = MP_SIM_LOSS_NO_LIMIT;
    }
    loss->bps = bps;
}

static void start_window(MpSimLossBased *loss, const MpChromiumCongestion *chromium)
{
    const gint64 sent_ms = loss->model.sent_ms;
    if (loss->state == MP_SIM_LOSS_NO_LIMIT ||
        (loss->has_window && loss->window_ms + chromium->loss_based.increase_ms >= sent_ms))
        return;
    loss->has_window = TRUE;
    loss->window_ms = sent_ms;
    loss->window_bps = loss->best.bps * chromium->loss_based.most_increase;
}

void mp_sim_loss_based_report(MpSimLossBased *loss, const MpChromiumCongestion *chromium,
                              const MpSimReport *reports, guint n_reports, double acked_bps,
                              double delay_bps, gboolean is_limited)
{
    if (!isnan(acked_bps))
        loss->acked_bps = acked_bps;
    loss->delay_bps = delay_bps;
    if (!mp_sim_loss_model_report(&loss->model, &chromium->loss_based, reports, n_reports))
        return;
    if (isnan(loss->best.bps)) {
        if (!isfinite(delay_bps))
            return;
        loss->best.bps = loss->bps = delay_bps;
    }
    const double bps = choose(loss, chromium, is_limited);
    if (loss->state == MP_SIM_LOSS_DECREASING && loss->hold.until_ms > loss->model.sent_ms &&
        bps < delay_bps) {
        loss->hold.bps = MAX(loss->hold.bps, lower_bound(loss, chromium));
        loss->bps = MIN(loss->hold.bps, bps);
        return;
    }
    change_state(loss, chromium, bps);
    start_window(loss, chromium);
}
