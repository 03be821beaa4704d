/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds on a link at a moment.
 */
#include "link/link_schedule.h"

static void follow_changes(MpLinkSchedule *schedule, MpTime elapsed)
{
    const GArray *changes = schedule->changes;
    schedule->next_change = MP_NEVER;
    for (; schedule->n_changed < changes->len; schedule->n_changed++) {
        const MpLinkChange *change = &g_array_index(changes, MpLinkChange, schedule->n_changed);
        if (change->at > elapsed) {
            schedule->next_change = schedule->start + change->at;
            return;
        }
        schedule->conditions = change->conditions;
    }
}

/* Whether it is on; `*next` is when that turns, counted as `elapsed` is. */
static gboolean outage_is_on(const MpLinkOutage *outage, MpTime elapsed, MpTime *next)
{
    if (elapsed < outage->at) {
        *next = outage->at;
        return FALSE;
    }
    MpTime since = elapsed - outage->at;
    MpTime begun = outage->every > 0 ? since / outage->every * outage->every : 0;
    gboolean is_on = since - begun < outage->length;
    if (is_on)
        *next = outage->at + begun + outage->length;
    else
        *next = outage->every > 0 ? outage->at + begun + outage->every : MP_NEVER;
    return is_on;
}

static void follow_outages(MpLinkSchedule *schedule, MpTime elapsed)
{
    MpTime earliest = MP_NEVER;
    schedule->drops = schedule->holds = FALSE;
    for (guint i = 0; i < schedule->outages->len; i++) {
        const MpLinkOutage *outage = &g_array_index(schedule->outages, MpLinkOutage, i);
        MpTime next = MP_NEVER;
        gboolean is_on = outage_is_on(outage, elapsed, &next);
        schedule->drops |= is_on && outage->type == MP_OUTAGE_DROPS;
        schedule->holds |= is_on && outage->type == MP_OUTAGE_HOLDS;
        earliest = MIN(earliest, next);
    }
    schedule->next_outage = earliest == MP_NEVER ? MP_NEVER : schedule->start + earliest;
}

void mp_link_schedule_init(MpLinkSchedule *schedule, const MpLinkDirection *direction, MpTime start)
{
    *schedule = (MpLinkSchedule){
        .start = start,
        .changes = g_array_copy(direction->changes),
        .outages = g_array_copy(direction->outages),
        .conditions = direction->conditions,
    };
    follow_changes(schedule, 0);
    follow_outages(schedule, 0);
}

void mp_link_schedule_clear(MpLinkSchedule *schedule)
{
    g_array_unref(schedule->changes);
    g_array_unref(schedule->outages);
}

void mp_link_schedule_move(MpLinkSchedule *schedule, MpTime now)
{
    if (now >= schedule->next_change)
        follow_changes(schedule, now - schedule->start);
    if (now >= schedule->next_outage)
        follow_outages(schedule, now - schedule->start);
}
