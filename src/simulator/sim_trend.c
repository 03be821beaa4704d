/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The slope of the delay and the detector of overuse.
 */
#include "simulator/sim_trend.h"

#include <math.h>

void mp_sim_trend_start(MpSimTrend *trend, const MpChromiumTrend *chromium)
{
    *trend = (MpSimTrend){.threshold = chromium->threshold};
}

/* Least squares; the slope before where all came at once. */
static double fit(const MpSimTrend *trend)
{
    double mean_received = 0;
    double mean_delay = 0;
    for (guint i = 0; i < MP_CHROMIUM_TREND_WINDOW; i++) {
        mean_received += trend->received[i];
        mean_delay += trend->delay[i];
    }
    mean_received /= MP_CHROMIUM_TREND_WINDOW;
    mean_delay /= MP_CHROMIUM_TREND_WINDOW;
    double covariance = 0;
    double variance = 0;
    for (guint i = 0; i < MP_CHROMIUM_TREND_WINDOW; i++) {
        const double x = trend->received[i] - mean_received;
        covariance += x * (trend->delay[i] - mean_delay);
        variance += x * x;
    }
    return variance > 0 ? covariance / variance : trend->slope;
}

static void move_threshold(MpSimTrend *trend, const MpChromiumTrend *chromium, double size,
                           gint64 now_ms)
{
    const gint64 span = trend->has_moved ? now_ms - trend->threshold_moved : 0;
    trend->threshold_moved = now_ms;
    trend->has_moved = TRUE;
    if (size > trend->threshold + chromium->farthest)
        return;
    const double rate = size < trend->threshold ? chromium->fall_per_ms : chromium->rise_per_ms;
    trend->threshold += rate * (size - trend->threshold) * (double)MIN(span, chromium->longest_ms);
    trend->threshold = CLAMP(trend->threshold, chromium->least, chromium->most);
}

/* Overuse must last, and must not get better by itself. */
static void count_over(MpSimTrend *trend, const MpChromiumTrend *chromium, double slope,
                       double sent_span_ms)
{
    trend->over_ms = trend->is_over ? trend->over_ms + sent_span_ms : sent_span_ms / 2;
    trend->is_over = TRUE;
    trend->n_over++;
    if (trend->over_ms <= chromium->overuse_ms || trend->n_over < 2 || slope < trend->slope)
        return;
    trend->over_ms = 0;
    trend->n_over = 0;
    trend->use = MP_SIM_USE_OVER;
}

static void detect(MpSimTrend *trend, const MpChromiumTrend *chromium, double slope,
                   double sent_span_ms, gint64 now_ms)
{
    const double size = MIN(trend->n_deltas, chromium->most_deltas) * slope * chromium->gain;
    if (size > trend->threshold) {
        count_over(trend, chromium, slope, sent_span_ms);
    } else {
        trend->is_over = FALSE;
        trend->n_over = 0;
        trend->use = size < -trend->threshold ? MP_SIM_USE_UNDER : MP_SIM_USE_NORMAL;
    }
    trend->slope = slope;
    move_threshold(trend, chromium, fabs(size), now_ms);
}

void mp_sim_trend_take(MpSimTrend *trend, const MpChromiumTrend *chromium, gint64 sent_span_ms,
                       gint64 received_span_ms, gint64 received_ms)
{
    if (trend->n_deltas == 0)
        trend->first_received = received_ms;
    trend->n_deltas = MIN(trend->n_deltas + 1, chromium->most_deltas);
    trend->accumulated += (double)(received_span_ms - sent_span_ms);
    trend->smoothed = chromium->smoothing * trend->smoothed +
                      (1 - chromium->smoothing) * trend->accumulated;
    trend->received[trend->next] = (double)(received_ms - trend->first_received);
    trend->delay[trend->next] = trend->smoothed;
    trend->next = (trend->next + 1) % MP_CHROMIUM_TREND_WINDOW;
    trend->count = MIN(trend->count + 1, MP_CHROMIUM_TREND_WINDOW);
    if (trend->n_deltas < 2)
        return;
    const double slope = trend->count == MP_CHROMIUM_TREND_WINDOW ? fit(trend) : trend->slope;
    detect(trend, chromium, slope, (double)sent_span_ms, received_ms);
}
