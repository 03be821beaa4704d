/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carries out a plan: the steps of a phase side by side, one thread each, the phases one after the
 * other.
 */
#pragma once

#include "probe/probe.h"

/* Called in the thread of mp_schedule_run(). `measurement` is NULL when the step starts; a step
 * that is not run only ends. */
typedef void (*MpScheduleProgress)(const MpStep *step, guint index,
                                   const MpMeasurement *measurement, gpointer user_data);

typedef struct {
    const MpProbe *(*find)(const char *kind); /* the table of probes */
    const MpTargets *targets;
    MpTime deadline;        /* of the whole run, on mp_clock_now(): no step outlives it; what a step
                             * waits for other checks on this computer (measurement_lock.h) is not
                             * counted */
    MpTime full_media_time; /* span of media that the first way that works gets */
    gboolean measures_all_capacities; /* of every way, not of the first that works alone */
    GCancellable *cancellable;
    MpScheduleProgress progress; /* NULL: nobody listens */
    gpointer user_data;
} MpSchedule;

/* MpMeasurement*, one a step, in plan order. A step that could not be asked is there too: outcome
 * not_run, with facts.reason. Steps of media in one phase take turns (probe/turns.h); the first of
 * them that works gets the full media time. NULL with the probe's error when the input was wrong
 * (MP_ERROR_INPUT), or when not one step could be carried out. */
GPtrArray *mp_schedule_run(const MpSchedule *schedule, GPtrArray *plan, GError **error);
