/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of probes. A probe carries out one step, blocks until it is done, and reports what it
 * saw without judging it. The engine runs each in a thread of its own.
 */
#pragma once

#include <gio/gio.h>

#include "base/time.h"
#include "model/measurement.h"
#include "model/step.h"
#include "model/target.h"
#include "probe/rounds.h"
#include "probe/turns.h"

typedef struct {
    const MpTargets *targets;         /* lent; not changed while probes run */
    const MpMeasurement *required;    /* of step->requires_id, answered; NULL if none is required */
    MpTime deadline;                  /* on mp_clock_now(): the probe returns before it */
    MpRounds *rounds;                 /* where ways meet to be compared; NULL: nowhere */
    MpTurns *turns;                   /* of the ways at media; NULL: there is one only */
    guint rank;                       /* this way's among them */
    MpTime turn_time;                 /* of media in one turn */
    MpTime full_media_time;           /* of media on the first way that works */
    gboolean measures_all_capacities; /* not that way's alone */
    GCancellable *cancellable;        /* cancelled: return soon with what was seen */
} MpProbeContext;

/* NULL with an error only when the step could not be carried out at all. The caller owns what comes
 * back and sets started_ms and duration_ms. */
typedef MpMeasurement *(*MpProbeRun)(const MpStep *step, const MpProbeContext *context,
                                     GError **error);

typedef struct {
    const char *kind;
    MpProbeRun run;
} MpProbe;

/* NULL when no probe has that kind. */
const MpProbe *mp_probe_find(const char *kind);

MpMeasurement *mp_probe_stun(const MpStep *step, const MpProbeContext *context, GError **error);
MpMeasurement *mp_probe_nat(const MpStep *step, const MpProbeContext *context, GError **error);
MpMeasurement *mp_probe_nat_lifetime(const MpStep *step, const MpProbeContext *context,
                                     GError **error);
MpMeasurement *mp_probe_turn(const MpStep *step, const MpProbeContext *context, GError **error);
MpMeasurement *mp_probe_media(const MpStep *step, const MpProbeContext *context, GError **error);
MpMeasurement *mp_probe_web(const MpStep *step, const MpProbeContext *context, GError **error);
MpMeasurement *mp_probe_ports_sweep(const MpStep *step, const MpProbeContext *context,
                                    GError **error);
MpMeasurement *mp_probe_ports_relay(const MpStep *step, const MpProbeContext *context,
                                    GError **error);
MpMeasurement *mp_probe_ports_walk(const MpStep *step, const MpProbeContext *context,
                                   GError **error);
MpMeasurement *mp_probe_path(const MpStep *step, const MpProbeContext *context, GError **error);
MpMeasurement *mp_probe_computer(const MpStep *step, const MpProbeContext *context, GError **error);
