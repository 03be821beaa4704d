/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A camera's stream, or one layer of it in simulcast: frames at a steady pace, key frames larger
 * than the others, and a rate that an encoder keeps. Pure.
 */
#pragma once

#include "base/stream_spec.h"
#include "session/video_frame.h"

typedef struct {
    MpStreamSpec spec;
    MpTime start; /* of its frames: each participant's camera has a phase of its own */
    guint64 random;
    guint64 frame; /* number of the next */
    MpTime next_key;
    double owed; /* bytes that went beyond the rate, to be saved again */
} MpStreamCamera;

/* Layers of one camera have the same `phase`, from 0 to 1 of a frame's time. */
MpStreamCamera mp_stream_camera(const MpStreamSpec *spec, MpTime start, double phase, guint64 seed);
MpTime mp_stream_camera_due(const MpStreamCamera *camera);
/* The frame that is due, at `scale` of the described rate; 0: the camera is paused. */
MpVideoFrame mp_stream_camera_next(MpStreamCamera *camera, double scale);
