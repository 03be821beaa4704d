/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The receiver's list of missing packets: asks for each at once when a later one came, and again
 * each round trip. Facts: libwebrtc's modules/video_coding/nack_requester.cc.
 */
#include "simulator/sim_nack.h"

#include <string.h>

void mp_sim_nack_init(MpSimNack *nack, const MpChromiumNack *constants, MpTime start)
{
    g_assert(constants->most <= MP_SIM_NACK_MOST);
    memset(nack, 0, sizeof *nack);
    nack->constants = constants;
    nack->start = start;
    nack->round_trip = constants->round_trip;
    nack->next_look = MP_NEVER;
}

gboolean mp_sim_nack_has(const MpSimNack *nack, guint32 sequence)
{
    return nack->arrived[sequence % MP_SIM_NACK_WINDOW] == sequence + 1;
}

/* The first entry of `sequence` or later. */
static guint find(const MpSimNack *nack, guint32 sequence)
{
    guint low = 0;
    guint high = nack->n_missing;
    while (low < high) {
        guint middle = (low + high) / 2;
        if (nack->missing[middle].sequence < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_entries(MpSimNack *nack, guint first, guint n)
{
    nack->n_missing -= n;
    memmove(&nack->missing[first], &nack->missing[first + n],
            (nack->n_missing - first) * sizeof nack->missing[0]);
    if (nack->n_missing == 0)
        nack->next_look = MP_NEVER;
}

/* The first tick at which one that was asked for at `asked` may be asked for again. */
static MpTime next_tick(const MpSimNack *nack, MpTime asked)
{
    MpTime tick = nack->constants->tick;
    MpTime since = asked + nack->round_trip - nack->start;
    return nack->start + (since + tick - 1) / tick * tick;
}

/* FALSE: asked for too often, it is given up. */
static gboolean ask(MpSimNack *nack, MpTime now, MpSimMissing *entry)
{
    entry->asked = now;
    entry->n_asked++;
    nack->n_asked++;
    if (nack->n_asking < G_N_ELEMENTS(nack->asking))
        nack->asking[nack->n_asking++] = entry->sequence;
    return entry->n_asked < nack->constants->most_asked;
}

static void ask_for_gap(MpSimNack *nack, MpTime now, guint32 first, guint32 end)
{
    if (nack->n_missing + (end - first) > nack->constants->most) {
        nack->has_overflowed = TRUE;
        remove_entries(nack, 0, nack->n_missing);
        return;
    }
    for (guint32 sequence = first; sequence != end; sequence++) {
        if (mp_sim_nack_has(nack, sequence))
            continue;
        MpSimMissing *entry = &nack->missing[nack->n_missing++];
        *entry = (MpSimMissing){.sequence = sequence};
        ask(nack, now, entry);
        nack->next_look = MIN(nack->next_look, next_tick(nack, now));
    }
}

/* How often the late one had been asked for. */
static guint arrived_late(MpSimNack *nack, guint32 sequence)
{
    guint place = find(nack, sequence);
    if (place == nack->n_missing || nack->missing[place].sequence != sequence)
        return 0;

    guint n_asked = nack->missing[place].n_asked;
    remove_entries(nack, place, 1);
    return n_asked;
}

guint mp_sim_nack_arrived(MpSimNack *nack, MpTime now, guint32 sequence, gboolean is_repair)
{
    nack->arrived[sequence % MP_SIM_NACK_WINDOW] = sequence + 1;
    if (!nack->has_begun) {
        nack->has_begun = TRUE;
        nack->newest = sequence;
        return 0;
    }
    if (sequence <= nack->newest)
        return arrived_late(nack, sequence);
    if (is_repair)
        return 0;

    if (sequence != nack->newest + 1)
        ask_for_gap(nack, now, nack->newest + 1, sequence);
    nack->newest = sequence;
    return 0;
}

void mp_sim_nack_passed(MpSimNack *nack, MpTime now, guint32 sequence)
{
    if (!nack->has_begun || sequence <= nack->newest)
        return;

    ask_for_gap(nack, now, nack->newest + 1, sequence + 1);
    nack->newest = sequence;
}

void mp_sim_nack_forget_before(MpSimNack *nack, guint32 sequence)
{
    if (nack->n_missing > 0)
        remove_entries(nack, 0, find(nack, sequence));
}

MpTime mp_sim_nack_deadline(const MpSimNack *nack)
{
    return nack->next_look;
}

void mp_sim_nack_advance(MpSimNack *nack, MpTime now)
{
    if (now < nack->next_look)
        return;

    guint n_kept = 0;
    nack->next_look = MP_NEVER;
    for (guint i = 0; i < nack->n_missing; i++) {
        MpSimMissing entry = nack->missing[i];
        if (now - entry.asked >= nack->round_trip && !ask(nack, now, &entry))
            continue;
        nack->missing[n_kept++] = entry;
        /* A tick that has passed already is not looked at twice. */
        MpTime next = MAX(next_tick(nack, entry.asked), now + 1);
        nack->next_look = MIN(nack->next_look, next);
    }
    nack->n_missing = n_kept;
}

gboolean mp_sim_nack_take(MpSimNack *nack, GArray *sequences)
{
    if (nack->n_asking == 0)
        return FALSE;

    g_array_append_vals(sequences, nack->asking, nack->n_asking);
    nack->n_asking = 0;
    return TRUE;
}

gboolean mp_sim_nack_overflowed(MpSimNack *nack)
{
    gboolean has_overflowed = nack->has_overflowed;
    nack->has_overflowed = FALSE;
    return has_overflowed;
}
