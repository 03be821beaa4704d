/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Observations of loss, and their likelihood.
 */
#include "simulator/sim_loss_model.h"

#include <math.h>

#define LEAST_PROBABILITY 1e-6
/* With so few observations none is left out. */
#define MOST_UNTRIMMED 3

void mp_sim_loss_model_start(MpSimLossModel *model, const MpChromiumLossBased *chromium)
{
    *model = (MpSimLossModel){0};
    for (guint age = 0; age < MP_CHROMIUM_LOSS_WINDOW; age++)
        model->weights[age] = pow(chromium->weight, age);
}

static guint n_observations(const MpSimLossModel *model)
{
    return MIN(model->count, MP_CHROMIUM_LOSS_WINDOW);
}

static const MpSimObservation *of_age(const MpSimLossModel *model, guint age)
{
    return &model->observations[(model->count - 1 - age) % MP_CHROMIUM_LOSS_WINDOW];
}

static double loss_of(const MpSimObservation *observation)
{
    return observation->size_kb > 0 ? observation->lost_kb / observation->size_kb : 0;
}

static double median_sending_bps(const MpSimLossModel *model)
{
    double rates[MP_CHROMIUM_LOSS_WINDOW];
    guint n = 0;
    for (guint age = 0; age < n_observations(model); age++) {
        const double bps = of_age(model, age)->sending_bps;
        if (bps <= 0)
            continue;
        guint i = n++;
        for (; i > 0 && rates[i - 1] > bps; i--)
            rates[i] = rates[i - 1];
        rates[i] = bps;
    }
    if (n == 0)
        return 0;
    return n % 2 == 0 ? (rates[n / 2 - 1] + rates[n / 2]) / 2 : rates[n / 2];
}

static double weight_of(const MpSimLossModel *model, guint index)
{
    return model->weights[(model->count - 1 - index) % MP_CHROMIUM_LOSS_WINDOW];
}

/* The worst and the best observation are chance, unless the worst is of when much more was sent.
 * Of equal ones the first in memory: any of them, but never always the latest. */
static double average_loss(const MpSimLossModel *model, const MpChromiumLossBased *chromium)
{
    const MpSimObservation *worst = NULL;
    const MpSimObservation *best = NULL;
    double size = 0;
    double lost = 0;
    for (guint i = 0; i < n_observations(model); i++) {
        const MpSimObservation *observation = &model->observations[i];
        const double loss = loss_of(observation);
        size += weight_of(model, i) * observation->size_kb;
        lost += weight_of(model, i) * observation->lost_kb;
        if (loss > (worst ? loss_of(worst) : 0))
            worst = observation;
        if (loss < (best ? loss_of(best) : 1))
            best = observation;
    }
    if (size <= 0)
        return 0;
    const double all = lost / size;
    if (model->count <= MOST_UNTRIMMED ||
        (worst && median_sending_bps(model) * chromium->median_factor <= worst->sending_bps))
        return all;
    const MpSimObservation *left_out[] = {worst, best};
    for (guint i = 0; i < G_N_ELEMENTS(left_out); i++) {
        if (!left_out[i])
            continue;
        const double weight = weight_of(model, (guint)(left_out[i] - model->observations));
        size -= weight * left_out[i]->size_kb;
        lost -= weight * left_out[i]->lost_kb;
    }
    return size > 0 ? lost / size : all;
}

static void find_late(MpSimLossModel *model, guint32 sequence)
{
    const guint kept = MIN(model->n_lost, MP_SIM_LATE_PACKETS);
    for (guint i = 0; i < kept; i++) {
        if (model->lost_sequence[i] != sequence || model->lost_size[i] == 0)
            continue;
        model->lost -= model->lost_size[i];
        model->lost_size[i] = 0;
        return;
    }
}

static void count_packet(MpSimLossModel *model, const MpSimReport *report)
{
    model->size += report->size;
    if (report->received == MP_NEVER) {
        const guint i = model->n_lost++ % MP_SIM_LATE_PACKETS;
        model->lost += report->size;
        model->lost_sequence[i] = report->transport_sequence;
        model->lost_size[i] = report->size;
    } else if (report->transport_sequence < model->highest) {
        find_late(model, report->transport_sequence);
    }
    model->highest = MAX(model->highest, report->transport_sequence);
}

static void complete(MpSimLossModel *model, const MpChromiumLossBased *chromium, gint64 span_ms)
{
    model->observations[model->count % MP_CHROMIUM_LOSS_WINDOW] = (MpSimObservation){
        .size_kb = (double)model->size / 1000,
        .lost_kb = (double)model->lost / 1000,
        .sending_bps = (double)model->size * 8000 / (double)span_ms,
    };
    model->count++;
    model->size = 0;
    model->lost = 0;
    model->n_lost = 0;
    model->average_loss = average_loss(model, chromium);
}

gboolean mp_sim_loss_model_report(MpSimLossModel *model, const MpChromiumLossBased *chromium,
                                  const MpSimReport *reports, guint n_reports)
{
    gint64 first = G_MAXINT64;
    gint64 last = G_MININT64;
    for (guint i = 0; i < n_reports; i++) {
        const gint64 sent = reports[i].sent / MP_MSEC(1);
        count_packet(model, &reports[i]);
        first = MIN(first, sent);
        last = MAX(last, sent);
    }
    if (n_reports == 0)
        return FALSE;
    if (!model->has_sent)
        model->sent_ms = first;
    model->has_sent = TRUE;
    const gint64 span = last - model->sent_ms;
    if (span <= 0 || span < chromium->observation_ms)
        return FALSE;
    model->sent_ms = last;
    complete(model, chromium, span);
    return TRUE;
}

static double loss_probability(double inherent_loss, double bps, double sending_bps)
{
    double loss = inherent_loss;
    if (sending_bps > bps)
        loss += (1 - inherent_loss) * (sending_bps - bps) / sending_bps;
    return CLAMP(loss, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
}

double mp_sim_loss_model_step(const MpSimLossModel *model, const MpChromiumLossBased *chromium,
                              double inherent_loss, double bps)
{
    double first = 0;
    double second = 0;
    for (guint age = 0; age < n_observations(model); age++) {
        const MpSimObservation *observation = of_age(model, age);
        const double loss = loss_probability(inherent_loss, bps, observation->sending_bps);
        const double lost = model->weights[age] * observation->lost_kb / loss;
        const double kept = model->weights[age] * (observation->size_kb - observation->lost_kb) /
                            (1 - loss);
        first += lost - kept;
        second -= lost / loss + kept / (1 - loss);
    }
    if (second >= 0)
        second = -LEAST_PROBABILITY;
    return inherent_loss - chromium->newton_step * first / second;
}

static double bias(const MpSimLossModel *model, const MpChromiumLossBased *chromium, double factor)
{
    const double below = chromium->bias_loss - model->average_loss;
    return factor * below / (chromium->bias_smoothing + fabs(below));
}

double mp_sim_loss_model_objective(const MpSimLossModel *model, const MpChromiumLossBased *chromium,
                                   double inherent_loss, double bps)
{
    const double kbps = bps / 1000;
    const double preference = bias(model, chromium, chromium->rate_bias) * kbps +
                              bias(model, chromium, chromium->log_bias) * log(1 + kbps);
    /* Most were sent at less than the rate: their loss is the inherent one. */
    const double inherent = CLAMP(inherent_loss, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
    const double log_lost = log(inherent);
    const double log_kept = log(1 - inherent);
    double sum = 0;
    for (guint age = 0; age < n_observations(model); age++) {
        const MpSimObservation *observation = of_age(model, age);
        const gboolean is_beyond = observation->sending_bps > bps;
        const double loss = loss_probability(inherent_loss, bps, observation->sending_bps);
        const double kept_kb = observation->size_kb - observation->lost_kb;
        sum += model->weights[age] * (observation->lost_kb * (is_beyond ? log(loss) : log_lost) +
                                      kept_kb * (is_beyond ? log(1 - loss) : log_kept) +
                                      preference * observation->size_kb);
    }
    return sum;
}
