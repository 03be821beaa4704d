/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libwebrtc's bitrate adjuster: an encoder whose frames do not fit into their time, each for
 * itself, is told a lower rate than it has, unless the link has room for that.
 */
#pragma once

#include "simulator/chromium.h"

/* Frames of the window; a power of two. */
#define MP_SIM_ADJUSTER_FRAMES 256

typedef struct {
    const MpChromiumAdjuster *constants;
    double told_bps; /* what the encoder was told last */
    double fps;
    double waiting; /* bits that a pacer at that rate would still have */
    MpTime at;
    guint frames; /* since the encoder began anew */
    guint first;
    guint n;
    double excess[MP_SIM_ADJUSTER_FRAMES]; /* of each, of a frame's share */
    MpTime when[MP_SIM_ADJUSTER_FRAMES];
    double sum;
} MpSimAdjuster;

void mp_sim_adjuster_init(MpSimAdjuster *adjuster, const MpChromiumEncoder *encoder);
void mp_sim_adjuster_restart(MpSimAdjuster *adjuster);
/* What the encoder is told of `target_bps`, where the link would carry `link_bps`. */
double mp_sim_adjuster_bps(MpSimAdjuster *adjuster, MpTime now, double target_bps, double link_bps,
                           double fps);
void mp_sim_adjuster_encoded(MpSimAdjuster *adjuster, MpTime now, double bits);
