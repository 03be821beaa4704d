/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A shared screen: a new slide is a large picture at once, then something moves for a moment, then
 * the screen is still until the next slide. Pure.
 */
#pragma once

#include "base/stream_spec.h"
#include "session/video_frame.h"

typedef struct {
    MpStreamSpec spec;
    MpTime start;
    guint64 random;
    MpTime due;
    MpTime still;      /* when the motion ends */
    MpTime next_slide; /* MP_NEVER: there is none any more */
} MpStreamScreen;

MpStreamScreen mp_stream_screen(const MpStreamSpec *spec, MpTime start, guint64 seed);
MpTime mp_stream_screen_due(const MpStreamScreen *screen);
/* The frame that is due, what moves at `scale` of the described rate; 0: the screen is paused. */
MpVideoFrame mp_stream_screen_next(MpStreamScreen *screen, double scale);
