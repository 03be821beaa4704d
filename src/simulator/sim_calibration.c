/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From how many simulated calls were stable to how probable it is that a real one will be.
 */
#include "simulator/sim_calibration.h"

#include <math.h>

/* P = 1 / (1 + exp(-(intercept + slope logit))): Platt 1999, of the logit of the share. */
typedef struct {
    double intercept;
    double slope;
} Line;

/* With the table "2026-07" of Chromium's numbers. */
static const struct {
    Line stable[MP_N_SESSION_TYPES];
    Line unstable; /* of those that are not stable */
} calibration = {
    .stable[MP_SESSION_LIVE_VIDEO] = {-0.330, 0.763},         /* 49 cells */
    .stable[MP_SESSION_SCREEN_SHARE] = {-0.081, 0.982},       /* 19 cells */
    .stable[MP_SESSION_VIRTUAL_BACKGROUND] = {-0.114, 0.696}, /* 9 cells */
    .unstable = {-0.223, 0.850},
};

/* Jeffreys' prior: what did not happen in a few calls is not impossible. */
static double calibrated(const Line *line, guint yes, guint no)
{
    const double logit = log((yes + 0.5) / (no + 0.5));
    return 1 / (1 + exp(-(line->intercept + line->slope * logit)));
}

MpSimProbability mp_sim_calibrated(MpSessionType session, const guint n_calls[MP_VERDICT_UNKNOWN])
{
    const guint degraded = n_calls[MP_VERDICT_DEGRADED];
    const guint unstable = n_calls[MP_VERDICT_UNSTABLE];
    const double stable = calibrated(&calibration.stable[session], n_calls[MP_VERDICT_STABLE],
                                     degraded + unstable);
    const double worse = (1 - stable) * calibrated(&calibration.unstable, unstable, degraded);
    return (MpSimProbability){stable, 1 - stable - worse, worse};
}
