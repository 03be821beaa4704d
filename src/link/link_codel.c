/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CoDel, RFC 8289 section 5.
 */
#include "link/link_codel.h"

#include <math.h>

/* RFC 8289 sections 4.3 and 4.4. */
#define INTERVAL MP_MSEC(100)
#define TARGET MP_MSEC(5)
/* A queue of one packet cannot get shorter, however slow the link (section 5.6). */
#define LARGEST_PACKET 1500
/* Section 5.5: dropping that begins again so soon goes on at nearly the rate where it stopped. */
#define SOON (16 * INTERVAL)

typedef struct {
    MpLinkParcel *parcel;
    gboolean may_drop;
} Candidate;

static Candidate next_candidate(MpLinkCodel *codel, MpLinkTrain *queue, MpTime now)
{
    MpLinkParcel *parcel = mp_link_train_pop(queue);
    if (!parcel || now - parcel->outcome.offered < TARGET || queue->bytes <= LARGEST_PACKET) {
        codel->first_above_time = 0;
        return (Candidate){.parcel = parcel};
    }
    if (codel->first_above_time == 0)
        codel->first_above_time = now + INTERVAL;
    return (Candidate){.parcel = parcel, .may_drop = now >= codel->first_above_time};
}

static MpTime control_law(MpTime from, guint count)
{
    return from + (MpTime)lround((double)INTERVAL / sqrt(count));
}

static void drop(MpLinkParcel *parcel, MpTime now, MpLinkTrain *dropped)
{
    parcel->outcome.fate = MP_FATE_QUEUE_MANAGED;
    parcel->outcome.due = now;
    parcel->outcome.queued = now - parcel->outcome.offered;
    mp_link_train_push(dropped, parcel);
}

static Candidate go_on_dropping(MpLinkCodel *codel, Candidate candidate, MpLinkTrain *queue,
                                MpTime now, MpLinkTrain *dropped)
{
    codel->is_dropping = candidate.may_drop;
    while (codel->is_dropping && now >= codel->drop_next) {
        drop(candidate.parcel, now, dropped);
        codel->count++;
        candidate = next_candidate(codel, queue, now);
        codel->is_dropping = candidate.may_drop;
        if (codel->is_dropping)
            codel->drop_next = control_law(codel->drop_next, codel->count);
    }
    return candidate;
}

static Candidate begin_dropping(MpLinkCodel *codel, Candidate candidate, MpLinkTrain *queue,
                                MpTime now, MpLinkTrain *dropped)
{
    drop(candidate.parcel, now, dropped);
    candidate = next_candidate(codel, queue, now);
    guint gained = codel->count - codel->last_count;
    codel->is_dropping = TRUE;
    codel->count = gained > 1 && now - codel->drop_next < SOON ? gained : 1;
    codel->drop_next = control_law(now, codel->count);
    codel->last_count = codel->count;
    return candidate;
}

MpLinkParcel *mp_link_codel_take(MpLinkCodel *codel, MpLinkTrain *queue, MpTime now,
                                 MpLinkTrain *dropped)
{
    Candidate candidate = next_candidate(codel, queue, now);
    if (codel->is_dropping)
        candidate = go_on_dropping(codel, candidate, queue, now, dropped);
    else if (candidate.may_drop)
        candidate = begin_dropping(codel, candidate, queue, now, dropped);
    return candidate.parcel;
}
