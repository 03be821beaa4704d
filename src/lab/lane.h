/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction of an emulated link between two interfaces: frames are taken in at the kernel's
 * time of their arrival and let go when the link says.
 */
#pragma once

#include "lab/emulator_report.h"
#include "lab/frame_socket.h"
#include "lab/truth_log.h"
#include "link/link_line.h"

typedef struct {
    guint index; /* of the lane in the truth log */
    MpFrameSocket *from;
    MpFrameSocket *to;
    MpTruthLog *truth; /* NULL: none */
    MpEmulatorCounts *counts;
} MpLaneEnds;

typedef struct _MpLane MpLane;

/* All that `ends` points to is the caller's and must live longer. */
MpLane *mp_lane_new(const MpLinkDirection *direction, guint64 seed, guint64 stream, MpTime start,
                    const MpLaneEnds *ends);
void mp_lane_free(MpLane *lane);

/* Takes in what waits, a fair share at most. `to_now` added to mp_clock_realtime() gives
 * mp_clock_now(). FALSE: there is more. */
gboolean mp_lane_receive(MpLane *lane, MpTime to_now);

/* Lets go what is due. `now` is a time at which nothing waited that had not been taken in. */
void mp_lane_send(MpLane *lane, MpTime now);

/* When it should be called again, whatever arrives. */
MpTime mp_lane_deadline(const MpLane *lane);

/* With what is inside at present. */
const MpLaneTally *mp_lane_tally(MpLane *lane);
