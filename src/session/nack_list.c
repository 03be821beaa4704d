/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which packets of one incoming stream are missing.
 */
#include "session/nack_list.h"

#include "wire/rtp.h"

/* libwebrtc, nack_requester.cc: the list's length, the pace at which it is looked through, and
 * retries. A power of two. */
#define MOST_MISSING 1024
#define LOOK_INTERVAL MP_MSEC(20)
#define MOST_TRIES 10

typedef struct {
    gboolean is_missing;
    guint tries;
    MpTime asked; /* the last time */
} Entry;

struct _MpNackList {
    gboolean has_begun;
    guint32 highest;
    guint32 oldest; /* no packet before it is missing */
    guint n_missing;
    MpTime next_look; /* MP_NEVER: nothing is missing */
    Entry entries[MOST_MISSING];
};

MpNackList *mp_nack_list_new(void)
{
    MpNackList *list = g_new0(MpNackList, 1);
    list->next_look = MP_NEVER;
    return list;
}

void mp_nack_list_free(MpNackList *list)
{
    g_free(list);
}

static Entry *entry_of(MpNackList *list, guint32 sequence)
{
    return &list->entries[sequence % MOST_MISSING];
}

static void forget(MpNackList *list, guint32 sequence)
{
    Entry *entry = entry_of(list, sequence);
    if (!entry->is_missing)
        return;
    entry->is_missing = FALSE;
    if (--list->n_missing == 0)
        list->next_look = MP_NEVER;
}

static void add_missing(MpNackList *list, guint32 first, guint32 end, MpTime now)
{
    for (guint32 sequence = first; sequence != end; sequence++) {
        forget(list, sequence); /* whose place it takes: too long ago */
        *entry_of(list, sequence) = (Entry){.is_missing = TRUE};
        list->n_missing++;
    }
    list->next_look = now;
}

/* More than the list holds is no loss that retransmissions mend. */
static void begin(MpNackList *list, guint32 sequence)
{
    for (guint i = 0; i < MOST_MISSING; i++)
        list->entries[i].is_missing = FALSE;
    list->n_missing = 0;
    list->next_look = MP_NEVER;
    list->has_begun = TRUE;
    list->highest = list->oldest = sequence;
}

void mp_nack_list_note(MpNackList *list, guint32 sequence, MpTime now)
{
    const guint32 ahead = sequence - list->highest;
    if (!list->has_begun || (ahead < G_MAXINT32 && ahead > MOST_MISSING)) {
        begin(list, sequence);
        return;
    }
    if (ahead == 0 || ahead > G_MAXINT32) {
        if (list->highest - sequence < MOST_MISSING)
            forget(list, sequence);
        return;
    }
    if (list->n_missing == 0)
        list->oldest = list->highest + 1;
    if (ahead > 1)
        add_missing(list, list->highest + 1, sequence, now);
    forget(list, sequence);
    list->highest = sequence;
    if (sequence - list->oldest >= MOST_MISSING)
        list->oldest = sequence - MOST_MISSING + 1;
}

void mp_nack_list_note_repaired(MpNackList *list, guint16 sequence)
{
    const guint32 continued = mp_rtp_unwrap(list->highest, sequence);
    if (list->has_begun && list->highest - continued < MOST_MISSING)
        forget(list, continued);
}

MpTime mp_nack_list_deadline(const MpNackList *list)
{
    return list->next_look;
}

static gboolean is_due(const Entry *entry, MpTime now, MpTime round_trip)
{
    return entry->is_missing && (entry->tries == 0 || now - entry->asked >= round_trip);
}

guint mp_nack_list_take(MpNackList *list, MpTime now, MpTime round_trip, guint16 *lost, guint most)
{
    guint count = 0;
    if (now < list->next_look)
        return 0;
    for (guint32 sequence = list->oldest; sequence != list->highest; sequence++) {
        Entry *entry = entry_of(list, sequence);
        if (!is_due(entry, now, round_trip))
            continue;
        if (entry->tries == MOST_TRIES) {
            forget(list, sequence);
            continue;
        }
        if (count == most)
            return count;
        entry->tries++;
        entry->asked = now;
        lost[count++] = (guint16)sequence;
    }
    if (count == 0 && list->n_missing > 0)
        list->next_look = now + LOOK_INTERVAL;
    return count;
}
