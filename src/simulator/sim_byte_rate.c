/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes over a sliding window, and their rate.
 */
#include "simulator/sim_byte_rate.h"

#include <string.h>

void mp_sim_byte_rate_init(MpSimByteRate *rate, MpTime window)
{
    memset(rate, 0, sizeof *rate);
    rate->window = window;
    rate->first = MP_NEVER;
}

static void move(MpSimByteRate *rate, MpTime now)
{
    gint64 bin = now / (rate->window / MP_SIM_BYTE_RATE_BINS);
    if (bin - rate->newest >= MP_SIM_BYTE_RATE_BINS) {
        mp_sim_byte_rate_init(rate, rate->window);
        rate->newest = bin;
    }
    while (rate->newest < bin) {
        guint *oldest = &rate->bins[++rate->newest % MP_SIM_BYTE_RATE_BINS];
        rate->bytes -= *oldest;
        *oldest = 0;
    }
}

void mp_sim_byte_rate_add(MpSimByteRate *rate, MpTime now, guint bytes)
{
    move(rate, now);
    if (rate->first == MP_NEVER)
        rate->first = now;
    rate->n_counts++;
    rate->bytes += bytes;
    rate->bins[rate->newest % MP_SIM_BYTE_RATE_BINS] += bytes;
}

guint64 mp_sim_byte_rate_bytes(MpSimByteRate *rate, MpTime now)
{
    move(rate, now);
    return rate->bytes;
}

/* rtc_base/rate_statistics.cc: whole milliseconds since the first count, both ends included. */
double mp_sim_byte_rate_bps(MpSimByteRate *rate, MpTime now)
{
    move(rate, now);
    if (rate->first == MP_NEVER)
        return -1;

    MpTime since = (now / MP_MSEC(1) - rate->first / MP_MSEC(1) + 1) * MP_MSEC(1);
    MpTime span = MIN(since, rate->window);
    if (span == MP_MSEC(1) || (rate->n_counts < 2 && span < rate->window))
        return -1;
    return (double)rate->bytes * 8e9 / (double)span;
}
