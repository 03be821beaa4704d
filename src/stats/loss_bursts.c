/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bursts and gaps, RFC 3611 section 4.7.2.
 */
#include "stats/loss_bursts.h"

#include <math.h>

/* A loss all by itself makes no burst: it stays in the gap. */
static void close_burst(MpLossBursts *bursts)
{
    if (bursts->open_lost > 1) {
        if (bursts->bursts++ == 0)
            bursts->first_burst = bursts->open_began;
        bursts->in_bursts += bursts->open_packets;
        bursts->lost_in_bursts += bursts->open_lost;
        bursts->bursts_span += bursts->ended - bursts->open_began;
    }
    bursts->open_packets = bursts->open_lost = 0;
}

void mp_loss_bursts_add(MpLossBursts *bursts, gboolean received, MpTime sent)
{
    if (bursts->packets++ == 0)
        bursts->began = sent;
    bursts->last = sent;
    if (received) {
        if (bursts->come++ == 0)
            bursts->ended = sent;
        if (bursts->come == MP_LOSS_GMIN)
            close_burst(bursts);
        return;
    }

    bursts->lost++;
    if (bursts->open_lost == 0)
        bursts->open_began = sent;
    else
        bursts->open_packets += bursts->come;
    bursts->open_packets++;
    bursts->open_lost++;
    bursts->come = 0;
}

static double percent(gsize part, gsize whole)
{
    return whole == 0 ? NAN : 100.0 * (double)part / (double)whole;
}

/* A gap lies before the first burst, between two, and after the last one. */
static gsize count_gaps(const MpLossBursts *all, gboolean ends_with_burst)
{
    const gboolean begins_with_burst = all->bursts > 0 && all->first_burst == all->began;
    return all->bursts + 1 - (begins_with_burst ? 1 : 0) - (ends_with_burst ? 1 : 0);
}

MpBurstFigures mp_loss_bursts_figures(const MpLossBursts *bursts)
{
    MpLossBursts all = *bursts;
    const gboolean ends_with_burst = all.come == 0 && all.open_lost > 1;
    if (all.come == 0)
        all.ended = all.last;
    close_burst(&all);

    const gsize gaps = count_gaps(&all, ends_with_burst);
    const gsize in_gaps = all.packets - all.in_bursts;
    const double gaps_ms = mp_time_to_ms(all.last - all.began - all.bursts_span);
    return (MpBurstFigures){
        .bursts = (double)all.bursts,
        .burst_density_percent = percent(all.lost_in_bursts, all.in_bursts),
        .gap_density_percent = percent(all.lost - all.lost_in_bursts, in_gaps),
        .burst_ms = all.bursts == 0 ? NAN : mp_time_to_ms(all.bursts_span) / (double)all.bursts,
        .gap_ms = in_gaps == 0 || gaps == 0 ? NAN : gaps_ms / (double)gaps,
    };
}
