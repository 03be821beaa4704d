/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Interarrival jitter, RFC 3550 section 6.4.1 and appendix A.8.
 */
#include "stats/jitter.h"

#include <math.h>

/* RFC 3550 section 6.4.1: the gain of 1/16 gives a good noise reduction ratio. */
#define GAIN (1.0 / 16)

void mp_jitter_add(MpJitter *jitter, MpTime sent, MpTime received)
{
    const MpTime transit = received - sent;
    if (jitter->packets++ > 0) {
        const double difference = fabs((double)(transit - jitter->last_transit));
        jitter->estimate += (difference - jitter->estimate) * GAIN;
        jitter->sum += jitter->estimate;
    }
    jitter->last_transit = transit;
}

double mp_jitter_final_ms(const MpJitter *jitter)
{
    return jitter->packets < 2 ? NAN : jitter->estimate / 1e6;
}

double mp_jitter_mean_ms(const MpJitter *jitter)
{
    return jitter->packets < 2 ? NAN : jitter->sum / (double)(jitter->packets - 1) / 1e6;
}
