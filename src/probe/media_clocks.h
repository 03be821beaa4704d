/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the two ends' clocks stand to each other, from the packets that went both ways.
 */
#pragma once

#include "probe/record_index.h"

typedef struct {
    MpTime offset;          /* the far clock less ours, at `reference` */
    MpTime reference;       /* our clock */
    double offset_bound_ms; /* half the least round trip: a path may be asymmetric by all of it.
                             * NAN: media came one way only, and the offset is off by its delay */
    double skew_ppm;        /* the far clock gains so much on ours; NAN: not known */
    double skew_bound_ppm;  /* with 95 % confidence */
    gboolean is_corrected;  /* the skew is beyond doubt and long enough to matter */
    double stepped_here_ms; /* by how much a clock was set during the call, all steps added up */
    double stepped_there_ms;
} MpMediaClocks;

/* The indexes are of what each end received. */
MpMediaClocks mp_media_clocks(const MpMediaRecord *ours, const MpMediaRecord *theirs,
                              const MpRecordIndex *here, const MpRecordIndex *there);

/* One of the clocks was set: times before and after it cannot be compared. */
gboolean mp_media_clocks_are_stepped(const MpMediaClocks *clocks);

/* A moment of the far clock on ours. */
MpTime mp_media_clocks_to_ours(const MpMediaClocks *clocks, MpTime theirs);
