/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two histograms of 20 ms that forget.
 */
#include "simulator/sim_audio_delay.h"

static void shares_init(MpSimDelayShares *shares, double most_kept)
{
    *shares = (MpSimDelayShares){.most_kept = most_kept};
}

/* The first entries count alike; later ones push earlier ones out. */
static void shares_add(MpSimDelayShares *shares, guint bucket, double start_weight)
{
    for (guint i = 0; i < MP_SIM_AUDIO_BUCKETS; i++)
        shares->buckets[i] *= (float)shares->kept;
    shares->buckets[bucket] += (float)(1 - shares->kept);
    shares->entries++;
    shares->kept = CLAMP(1 - start_weight / (shares->entries + 1), 0, shares->most_kept);
}

static guint shares_quantile(const MpSimDelayShares *shares, double quantile)
{
    double rest = 1 - (double)shares->buckets[0];
    guint bucket = 0;
    while (rest > 1 - quantile && bucket < MP_SIM_AUDIO_BUCKETS - 1)
        rest -= (double)shares->buckets[++bucket];
    return bucket;
}

/* Where waiting longer for packets out of order costs more than they are worth. */
static guint shares_cheapest(const MpSimDelayShares *shares, const MpChromiumAudio *constants,
                             MpTime base)
{
    const double step_ms = mp_time_to_ms(constants->delay_step);
    double lost = 1, least = G_MAXDOUBLE;
    guint best = 0;
    for (guint i = 0; i < MP_SIM_AUDIO_BUCKETS && lost > 0; i++) {
        lost -= (double)shares->buckets[i];
        const double cost = MAX(0, i * step_ms - mp_time_to_ms(base)) +
                            100 * constants->ms_per_loss_percent * MAX(lost, 0);
        if (cost < least) {
            least = cost;
            best = i;
        }
    }
    return best;
}

static void extreme_add(MpSimExtreme *extreme, guint32 sequence, MpTime delay, int sign)
{
    const guint mask = MP_SIM_AUDIO_HISTORY - 1;
    while (extreme->n > 0 &&
           sign * (delay - extreme->delay[(extreme->first + extreme->n - 1) & mask]) <= 0)
        extreme->n--;
    if (extreme->n == MP_SIM_AUDIO_HISTORY) {
        extreme->first = (extreme->first + 1) & mask;
        extreme->n--;
    }
    const guint at = (extreme->first + extreme->n) & mask;
    extreme->sequence[at] = sequence;
    extreme->delay[at] = delay;
    extreme->n++;
}

static void extreme_forget(MpSimExtreme *extreme, guint32 before)
{
    while (extreme->n > 1 && extreme->sequence[extreme->first] < before) {
        extreme->first = (extreme->first + 1) & (MP_SIM_AUDIO_HISTORY - 1);
        extreme->n--;
    }
}

static MpTime extreme_value(const MpSimExtreme *extreme)
{
    return extreme->n ? extreme->delay[extreme->first] : 0;
}

void mp_sim_audio_delay_init(MpSimAudioDelay *delay, const MpChromiumAudio *constants)
{
    *delay = (MpSimAudioDelay){
        .constants = constants, .resampled_at = MP_NEVER, .target = constants->start_delay};
    shares_init(&delay->late, constants->forget);
    shares_init(&delay->reordered, constants->reorder_forget);
}

static guint bucket_of(const MpSimAudioDelay *delay, MpTime late)
{
    return (guint)MIN(late / delay->constants->delay_step, MP_SIM_AUDIO_BUCKETS - 1);
}

static MpTime delay_of_bucket(const MpSimAudioDelay *delay, guint bucket)
{
    return (1 + bucket) * delay->constants->delay_step;
}

static void update_late(MpSimAudioDelay *delay, MpTime now, MpTime late)
{
    if (delay->resampled_at == MP_NEVER)
        delay->resampled_at = now;
    const gboolean is_due = now - delay->resampled_at > delay->constants->resample;
    if (is_due) {
        shares_add(&delay->late, bucket_of(delay, delay->largest), delay->constants->start_weight);
        delay->resampled_at = now;
        delay->largest = 0;
        delay->target = delay_of_bucket(delay,
                                        shares_quantile(&delay->late, delay->constants->quantile));
    }
    delay->largest = MAX(delay->largest, late);
}

/* Nothing but zeros comes of packets in order: begun with the first that is not. */
static void update_reordered(MpSimAudioDelay *delay, MpTime late, gboolean is_reordered)
{
    delay->is_reordering |= is_reordered;
    if (!delay->is_reordering)
        return;

    if (delay->late.entries > 0)
        delay->target = delay_of_bucket(delay,
                                        shares_quantile(&delay->late, delay->constants->quantile));
    shares_add(&delay->reordered, is_reordered ? bucket_of(delay, late) : 0,
               delay->constants->start_weight);
    const guint bucket = shares_cheapest(&delay->reordered, delay->constants, delay->target);
    delay->target = MAX(delay->target, delay_of_bucket(delay, bucket));
}

void mp_sim_audio_delay_take(MpSimAudioDelay *delay, MpTime now, guint32 sequence)
{
    const MpTime travelled = now - (MpTime)sequence * delay->constants->packet_time;
    const guint32 kept = (guint32)(delay->constants->history / delay->constants->packet_time);
    const gboolean is_first = !delay->has_packet;
    const gboolean is_reordered = !is_first && sequence < delay->newest;
    if (is_reordered && sequence + kept < delay->newest)
        return;

    if (!is_reordered) {
        delay->has_packet = TRUE;
        delay->newest = sequence;
        const guint32 oldest = sequence > kept ? sequence - kept : 0;
        extreme_forget(&delay->least, oldest);
        extreme_forget(&delay->most, oldest);
        extreme_add(&delay->least, sequence, travelled, 1);
        extreme_add(&delay->most, sequence, travelled, -1);
    }
    if (is_first)
        return;
    const MpTime late = MAX(0, travelled - extreme_value(&delay->least));
    if (!is_reordered)
        update_late(delay, now, late);
    update_reordered(delay, late, is_reordered);
}

MpTime mp_sim_audio_delay_of(const MpSimAudioDelay *delay, MpTime now, MpTime captured)
{
    return MAX(0, now - captured - extreme_value(&delay->least));
}

MpTime mp_sim_audio_delay_most(const MpSimAudioDelay *delay)
{
    return MAX(0, extreme_value(&delay->most) - extreme_value(&delay->least));
}
