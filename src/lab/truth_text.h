/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lines of a link's truth file, mediapath-link-truth/1 (docs/LAB.md): JSON, one value a line.
 */
#pragma once

#include "lab/emulator_report.h"
#include "lab/frame.h"
#include "lab/lane_tally.h"

/* Two lanes a link, up and down. */
typedef struct {
    const char *link;
    guint64 seed;
    gboolean is_down;
} MpTruthLane;

typedef struct {
    guint lane;
    MpLinkOutcome outcome;
    MpTime sent; /* delivered: when it was let go */
    MpPacketMark mark;
} MpTruthRecord;

/* `start` is the links' on mp_clock_realtime()'s clock. */
void mp_truth_append_header(GString *text, const MpTruthLane *lanes, guint n_lanes, MpTime start);

void mp_truth_append_flow(GString *text, guint number, const MpFlow *flow);

/* `start` is the links' on mp_clock_now()'s clock. */
void mp_truth_append_packet(GString *text, const MpTruthLane *lane, const MpTruthRecord *record,
                            guint flow, MpTime start);

/* `omitted`: packets without a line. */
void mp_truth_append_summary(GString *text, const MpTruthLane *lanes,
                             const MpLaneTally *const *tallies, guint n_lanes,
                             const MpEmulatorReport *report, guint64 omitted);
