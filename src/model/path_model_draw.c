/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the posterior of a path to one link.
 */
#include <math.h>

#include "model/path_model.h"
#include "stats/variate.h"

/* An interval holds 95 %: so many deviations from its middle to its end. */
#define SIGMAS 1.96
/* Past this a call cannot tell a link from one without a limit. */
#define AS_GOOD_AS_UNLIMITED_KBPS 100000
/* Queues that were never full: home routers' are from a tenth of a second to seconds long (Kreibich
 * et al., Netalyzr, IMC 2010); any length between these, by its logarithm. */
#define LEAST_QUEUE_MS 50
#define LONGEST_QUEUE_MS 1000
/* The emulator knows no lesser outage than this either. */
#define LEAST_OUTAGE_MS 1
#define LONGEST_OUTAGE_MS 30000

/* Beyond any link: what is drawn from a file's numbers may be of any size. */
#define LONGEST_MS 1e9
#define LARGEST_BUCKET 1e12

static MpTime from_ms(double ms)
{
    return (MpTime)llround(CLAMP(ms, -LONGEST_MS, LONGEST_MS) * 1e6);
}

static double draw_chance(MpVariate *variate, MpChance chance)
{
    if (chance.yes <= 0)
        return 0;
    return chance.no <= 0 ? 1 : mp_variate_beta(variate, chance.yes, chance.no);
}

static double draw_guess(MpVariate *variate, MpGuess guess)
{
    return guess.median * exp(guess.spread * mp_variate_normal(variate));
}

/* Between two ends by its logarithm. */
static double draw_between(MpVariate *variate, double low, double high)
{
    return low * pow(high / low, mp_variate_unit(variate));
}

/* Normal around the value, with each side's own deviation. */
static double draw_known(MpVariate *variate, double low, double value, double high)
{
    const double normal = mp_variate_normal(variate);
    const double side = normal < 0 ? value - low : high - value;
    return fmax(value + normal * side / SIGMAS, low / 2);
}

static MpLinkLoss draw_loss(MpVariate *variate, const MpPathLoss *loss)
{
    if (mp_variate_unit(variate) >= loss->in_bursts)
        return mp_link_loss_independent(draw_chance(variate, loss->alone));
    return (MpLinkLoss){.good_to_bad = draw_chance(variate, loss->good_to_bad),
                        .bad_to_good = draw_chance(variate, loss->bad_to_good),
                        .loss_in_good = draw_chance(variate, loss->loss_in_good),
                        .loss_in_bad = draw_chance(variate, loss->loss_in_bad)};
}

static void draw_delay(MpVariate *variate, const MpPathSide *side, MpLinkConditions *conditions)
{
    const MpPathJitter *jitter = &side->jitter;
    const double scale_ms = draw_guess(variate, jitter->scale_ms);
    const double middle = jitter->middle + jitter->middle_spread * mp_variate_normal(variate);
    conditions->delay = from_ms(fmax(side->delay_ms + jitter->median_ms - middle * scale_ms, 0));
    conditions->jitter = (MpLinkJitter){
        .distribution = jitter->distribution,
        .scale = from_ms(scale_ms),
        .correlation_time = from_ms(draw_guess(variate, jitter->correlation_ms)),
        .reorders = jitter->reorders,
    };
}

/* Nothing says how much more than what passed it carries: as likely twice as much as not (the
 * prior that knows no scale). */
static double draw_rate(MpVariate *variate, const MpPathSide *side)
{
    if (!isnan(side->rate_kbps))
        return draw_known(variate, side->rate_low_kbps, side->rate_kbps, side->rate_high_kbps);
    if (isnan(side->rate_low_kbps))
        return INFINITY;
    return side->rate_low_kbps / mp_variate_unit(variate);
}

static double draw_queue(MpVariate *variate, const MpPathSide *side)
{
    if (!isnan(side->queue_ms))
        return draw_known(variate, side->queue_low_ms, side->queue_ms, side->queue_high_ms);
    const double low = isnan(side->queue_low_ms) ? 0 : side->queue_low_ms;
    const double least = fmax(low, LEAST_QUEUE_MS);
    return draw_between(variate, least, fmax(2 * least, LONGEST_QUEUE_MS));
}

static void draw_bottleneck(MpVariate *variate, const MpPathSide *side,
                            MpLinkConditions *conditions)
{
    /* Both are always drawn, so that one that is not used moves nothing else. */
    const double rate_kbps = draw_rate(variate, side);
    const double queue_ms = draw_queue(variate, side);
    if (rate_kbps > AS_GOOD_AS_UNLIMITED_KBPS)
        return;
    conditions->rate_bps = (guint64)llround(rate_kbps * 1000);
    conditions->burst_bytes = (guint64)CLAMP(side->bucket_bytes, 0, LARGEST_BUCKET);
    if (side->is_policer)
        conditions->queue.limit_packets = 1;
    else
        conditions->queue.limit_time = from_ms(queue_ms);
}

static void draw_outages(MpVariate *variate, const MpPathOutages *outages, GArray *list)
{
    if (outages->number <= 0)
        return;
    const double each_second = mp_variate_gamma(variate, outages->number) / outages->seconds;
    double at_ms = 0;
    for (;;) {
        at_ms += mp_variate_exponential(variate) / each_second * 1000;
        if (at_ms >= mp_time_to_ms(MP_PATH_MODEL_SPAN))
            return;
        const double length_ms = CLAMP(draw_guess(variate, outages->length_ms), LEAST_OUTAGE_MS,
                                       LONGEST_OUTAGE_MS);
        const MpLinkOutage outage = {
            .type = outages->type, .at = from_ms(at_ms), .length = from_ms(length_ms)};
        g_array_append_val(list, outage);
        at_ms += length_ms;
    }
}

static void draw_side(const MpPathSide *side, guint64 seed, MpLinkDirection *direction)
{
    MpVariate variate = {seed};
    direction->conditions = (MpLinkConditions){.delay = 0};
    g_array_set_size(direction->changes, 0);
    g_array_set_size(direction->outages, 0);
    g_array_set_size(direction->opportunities, 0);
    draw_delay(&variate, side, &direction->conditions);
    direction->conditions.loss = draw_loss(&variate, &side->loss);
    draw_bottleneck(&variate, side, &direction->conditions);
    draw_outages(&variate, &side->outages, direction->outages);
}

void mp_path_model_draw(const MpPathModel *model, guint64 seed, MpLink *link)
{
    g_return_if_fail(mp_path_model_is_whole(model));

    MpVariate seeds = {seed};
    link->seed = (guint64)(mp_variate_unit(&seeds) * 0x1p52);
    draw_side(&model->up, (guint64)(mp_variate_unit(&seeds) * 0x1p52), &link->up);
    draw_side(&model->down, (guint64)(mp_variate_unit(&seeds) * 0x1p52), &link->down);
}
