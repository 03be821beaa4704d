/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The link emulator at work: waits for frames and for the moments when they are due.
 */
#pragma once

#include "lab/lane.h"

/* Two for each link. */
#define MP_MAX_LANES 32

typedef struct {
    MpLane **lanes;
    MpFrameSocket **sockets; /* the lanes', one each */
    guint n_lanes;
    int control; /* its end ends the loop */
} MpEmulatorLoop;

void mp_emulator_loop_run(const MpEmulatorLoop *loop);
