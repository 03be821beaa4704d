/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss and its runs, RFC 3357.
 */
#include "stats/loss_runs.h"

#include <math.h>

void mp_loss_runs_add(MpLossRuns *runs, gboolean received)
{
    runs->sent++;
    if (received) {
        runs->current = 0;
        return;
    }

    const gsize distance = runs->last_lost > 0 ? runs->sent - runs->last_lost : 0;
    runs->lost++;
    runs->noticeable += distance > 0 && distance <= MP_LOSS_CONSTRAINT;
    if (runs->current++ == 0) {
        runs->runs++;
        runs->distances += distance;
    }
    runs->last_lost = runs->sent;
    runs->longest = MAX(runs->longest, runs->current);
}

double mp_loss_runs_percent(const MpLossRuns *runs)
{
    return runs->sent == 0 ? NAN : 100.0 * (double)runs->lost / (double)runs->sent;
}

double mp_loss_runs_mean_length(const MpLossRuns *runs)
{
    if (runs->sent == 0)
        return NAN;
    return runs->runs == 0 ? 0 : (double)runs->lost / (double)runs->runs;
}

double mp_loss_runs_noticeable_percent(const MpLossRuns *runs)
{
    return runs->lost == 0 ? NAN : 100.0 * (double)runs->noticeable / (double)runs->lost;
}

double mp_loss_runs_mean_distance(const MpLossRuns *runs)
{
    return runs->runs < 2 ? NAN : (double)runs->distances / (double)(runs->runs - 1);
}
