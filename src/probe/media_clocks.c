/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Offset and skew of two clocks: up = delay + offset, down = delay - offset.
 */
#include "probe/media_clocks.h"

#include <math.h>

#include "stats/clock_drift.h"

/* Reading two clocks one after the other is off by less on any machine that can measure at all. */
#define LEAST_STEP_MS 0.1
/* Less than the stamps' own error over the whole call does not matter. */
#define LEAST_EFFECT_NS 50000.0
/* Crystals are within 100 ppm, and the kernel steers by at most 500: more is a queue that grows. */
#define MOST_SKEW 600e-6

/* MpDelayPoint of every media packet that came, in order of sending: those of the handshake have no
 * stamps of the kernel. */
static GArray *delays(const GArray *sent, const MpRecordIndex *received)
{
    GArray *points = g_array_new(FALSE, FALSE, sizeof(MpDelayPoint));
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *left = &g_array_index(sent, MpRecordEntry, i);
        const MpRecordEntry *came = mp_record_index_find(received, left->ssrc, left->sequence);
        const MpDelayPoint point = {left->time, came ? came->time - left->time : MP_NEVER};
        if (came && left->ssrc != MP_RECORD_DTLS)
            g_array_append_val(points, point);
    }
    return points;
}

static const MpDelayPoint *points_of(const GArray *points)
{
    return (const MpDelayPoint *)(gconstpointer)points->data;
}

/* MP_NEVER: none came. */
static MpTime least_delay(const GArray *points)
{
    MpTime least = MP_NEVER;
    for (guint i = 0; i < points->len; i++)
        least = MIN(least, points_of(points)[i].delay);
    return least;
}

/* One direction alone is off by its delay. */
static void find_offset(MpTime up, MpTime down, MpMediaClocks *clocks)
{
    const gboolean has_both = up != MP_NEVER && down != MP_NEVER;
    /* Stamps are no wire: on a path of no length the sum may fall below 0. */
    clocks->offset_bound_ms = has_both ? fmax(mp_time_to_ms(up + down) / 2, 0) : NAN;
    if (has_both)
        clocks->offset = (up - down) / 2;
    else if (up != MP_NEVER)
        clocks->offset = up;
    else if (down != MP_NEVER)
        clocks->offset = -down;
}

/* A drift lifts one direction as it lowers the other. What is the same in both is a path that
 * changes, and makes the skew doubtful by as much. */
static void find_skew(const GArray *up, const GArray *down, MpMediaClocks *clocks)
{
    const MpDrift out = mp_clock_drift(points_of(up), up->len);
    const MpDrift back = mp_clock_drift(points_of(down), down->len);
    const double skew = (out.slope - back.slope) / 2;
    const double bound = hypot(out.bound, back.bound) / 2 + fabs(out.slope + back.slope) / 2;
    clocks->skew_ppm = skew * 1e6;
    clocks->skew_bound_ppm = bound * 1e6;
    if (isnan(skew))
        return;
    const double span = (double)(points_of(up)[up->len - 1].sent - points_of(up)[0].sent);
    clocks->is_corrected = fabs(skew) > bound && fabs(skew) * span > LEAST_EFFECT_NS &&
                           fabs(skew) + bound < MOST_SKEW;
}

static void shift(GArray *points, const MpMediaClocks *clocks, gboolean is_down)
{
    for (guint i = 0; i < points->len; i++) {
        MpDelayPoint *point = &g_array_index(points, MpDelayPoint, i);
        const MpTime ours = is_down ? point->sent - clocks->offset : point->sent;
        const MpTime gained = (MpTime)(clocks->skew_ppm * 1e-6 *
                                       (double)(ours - clocks->reference));
        point->delay += is_down ? gained : -gained;
    }
}

MpMediaClocks mp_media_clocks(const MpMediaRecord *ours, const MpMediaRecord *theirs,
                              const MpRecordIndex *here, const MpRecordIndex *there)
{
    MpMediaClocks clocks = {.offset_bound_ms = NAN,
                            .skew_ppm = NAN,
                            .skew_bound_ppm = NAN,
                            .stepped_here_ms = mp_time_to_ms(ours->clock_stepped),
                            .stepped_there_ms = mp_time_to_ms(theirs->clock_stepped)};
    g_autoptr(GArray) up = delays(ours->sent, there);
    g_autoptr(GArray) down = delays(theirs->sent, here);
    find_offset(least_delay(up), least_delay(down), &clocks);
    if (mp_media_clocks_are_stepped(&clocks))
        return clocks;
    find_skew(up, down, &clocks);
    if (!clocks.is_corrected)
        return clocks;
    /* The least delays were of different moments. */
    clocks.reference = points_of(up)[0].sent;
    shift(up, &clocks, FALSE);
    shift(down, &clocks, TRUE);
    find_offset(least_delay(up), least_delay(down), &clocks);
    return clocks;
}

gboolean mp_media_clocks_are_stepped(const MpMediaClocks *clocks)
{
    return fmax(clocks->stepped_here_ms, clocks->stepped_there_ms) > LEAST_STEP_MS;
}

MpTime mp_media_clocks_to_ours(const MpMediaClocks *clocks, MpTime theirs)
{
    const MpTime shifted = theirs - clocks->offset;
    if (!clocks->is_corrected)
        return shifted;
    return shifted - (MpTime)(clocks->skew_ppm * 1e-6 * (double)(shifted - clocks->reference));
}
