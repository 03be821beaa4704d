/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long the queue before the bottleneck may get, and which packets met it full: those that were
 * lost there say nothing about the path's random loss, nor do those that were just let in.
 */
#include <math.h>

#include "analysis/path_fit.h"

/* To hold for a full queue, loss near its end must be so much more than elsewhere, and that must be
 * no chance: a difference of log likelihoods, more than what bursts of a path's own loss make. */
#define MORE_THAN_ELSEWHERE 3
#define LEAST_LOST 3
#define LEAST_EVIDENCE 12
/* What a wait may be wrong by. */
#define SLACK 0.02
/* Of a policer's bucket: with less left, a packet may have met it empty. */
#define NEARLY_EMPTY_BYTES 4500
/* What the rates' error makes of a longest wait. */
#define LEAST_ERROR 0.05
/* One or two of RTCP that are in no record. */
#define UNSEEN_BYTES 150.0

typedef struct {
    double wait_ms;
    gboolean is_lost;
} Seen;

static double longest_wait(const MpFit *fit)
{
    double longest = 0;
    for (guint i = 0; i < fit->n_packets; i++)
        if (fit->packets[i].fate == MP_FIT_ARRIVED && !fit->packets[i].is_in_outage)
            longest = fmax(longest, mp_path_fit_wait_before(fit, &fit->packets[i]));
    return longest;
}

static int by_wait(gconstpointer a, gconstpointer b)
{
    const double x = ((const Seen *)a)->wait_ms;
    const double y = ((const Seen *)b)->wait_ms;
    return (x > y) - (x < y);
}

/* By how long each waits or would have. */
static Seen *by_longer_wait(const MpFit *fit, guint *n)
{
    Seen *seen = g_new(Seen, fit->n_packets);
    *n = 0;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (!packet->is_in_outage && packet->fate != MP_FIT_UNSEEN)
            seen[(*n)++] = (Seen){mp_path_fit_wait_before(fit, packet),
                                  packet->fate == MP_FIT_LOST};
    }
    qsort(seen, *n, sizeof *seen, by_wait);
    return seen;
}

/* The logarithm of the chance that `lost` of `sent` are, at their own share. */
static double likelihood(double lost, double sent)
{
    const double kept = sent - lost;
    return (lost > 0 ? lost * log(lost / sent) : 0) + (kept > 0 ? kept * log(kept / sent) : 0);
}

/* The wait from which on packets are lost for another reason than before: where two shares of loss
 * explain more than one. INFINITY: none. */
static double full_from(const Seen *seen, guint n)
{
    double all_lost = 0;
    for (guint i = 0; i < n; i++)
        all_lost += seen[i].is_lost ? 1 : 0;
    const double without = likelihood(all_lost, n);
    double best = LEAST_EVIDENCE;
    double from_ms = INFINITY;
    double lost = 0;
    for (guint i = 0; i < n; i++) {
        const double near = all_lost - lost;
        const double gain = likelihood(lost, i) + likelihood(near, n - i) - without;
        const double usual = (lost + 0.5) / (i + 1);
        /* A queue that is not full at all is no queue that is. */
        if (seen[i].wait_ms > 0 && near >= LEAST_LOST && gain > best &&
            near / (n - i) > MORE_THAN_ELSEWHERE * usual) {
            best = gain;
            from_ms = seen[i].wait_ms;
        }
        lost += seen[i].is_lost ? 1 : 0;
    }
    return from_ms;
}

static guint mark_crowded(MpFit *fit, double from_ms)
{
    guint n_lost = 0;
    for (guint i = 0; i < fit->n_packets; i++) {
        MpFitPacket *packet = &fit->packets[i];
        packet->is_crowded = !packet->is_in_outage &&
                             mp_path_fit_wait_before(fit, packet) >= from_ms;
        n_lost += packet->is_crowded && packet->fate == MP_FIT_LOST ? 1 : 0;
    }
    return n_lost;
}

static void fit_tail_drop(MpFit *fit)
{
    MpPathSide *side = fit->side;
    const double longest_ms = longest_wait(fit);
    guint n = 0;
    g_autofree Seen *seen = by_longer_wait(fit, &n);
    const double from_ms = full_from(seen, n);
    side->queue_low_ms = longest_ms;
    if (isinf(from_ms))
        return;
    const double margin_ms = SLACK * from_ms;
    side->crowded_out = mark_crowded(fit, from_ms - margin_ms);
    side->queue_ms = fmax(longest_ms, from_ms);
    const double unseen_ms = UNSEEN_BYTES * 8 / side->rate_kbps;
    const double error_ms = unseen_ms + fmax(LEAST_ERROR * side->queue_ms,
                                             side->queue_ms - from_ms + margin_ms);
    side->queue_low_ms = side->queue_ms - error_ms;
    side->queue_high_ms = side->queue_ms + error_ms;
}

/* What is left in the bucket when each packet comes: it earns at the rate and pays for those that
 * pass. */
static void fit_policer(MpFit *fit)
{
    MpPathSide *side = fit->side;
    double tokens = side->bucket_bytes;
    double last_ms = 0;
    for (guint i = 0; i < fit->n_packets; i++) {
        MpFitPacket *packet = &fit->packets[i];
        tokens += (packet->sent_ms - last_ms) * side->rate_kbps / 8;
        tokens = fmin(tokens, side->bucket_bytes);
        last_ms = packet->sent_ms;
        packet->is_crowded = tokens < packet->bytes + NEARLY_EMPTY_BYTES;
        if (packet->fate != MP_FIT_LOST)
            tokens = fmax(tokens - packet->bytes, 0);
        else if (packet->is_crowded)
            side->crowded_out++;
    }
}

void mp_path_fit_queue(MpFit *fit)
{
    if (fit->side->is_policer)
        fit_policer(fit);
    else if (!isnan(fit->side->rate_kbps))
        fit_tail_drop(fit);
}
