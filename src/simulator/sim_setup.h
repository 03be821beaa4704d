/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The call that is simulated, and what came of it in each direction.
 */
#pragma once

#include "base/time.h"
#include "model/session_type.h"

typedef enum { MP_SIM_VP8, MP_SIM_VP9, MP_SIM_H264, MP_SIM_AV1 } MpSimCodec;

typedef enum {
    MP_SIM_SLIDES, /* small changes, and a new slide now and then */
    MP_SIM_MOTION, /* text that scrolls */
} MpSimScreen;

/* Both ends send the same; of a virtual background the other end sends its camera as it is. */
typedef struct {
    MpSessionType session;
    MpSimCodec codec;
    MpSimScreen screen; /* of a screen share */
    guint width;
    guint height;
    double fps;           /* of the camera, or of what changes on the screen */
    double frame_cost_ms; /* virtual background: of processor time for each frame; else 0 */
    MpTime warm_up;       /* before anything counts */
    MpTime span;          /* that counts */
} MpSimSetup;

/* What one end saw of the other after the warm-up. NAN: the session has none. The names are those
 * of the labels of real calls (tests/truth/label.py). */
typedef struct {
    double fps; /* decoded */
    double source_fps;
    double height;     /* median */
    double video_kbps; /* received without retransmissions: getStats' bytesReceived */
    double qp;         /* mean */
    double freezes_per_min;
    double frozen_percent;
    double blocky_percent; /* of seconds whose mean QP is beyond the codec's limit */
    double low_percent;    /* of seconds below 74 % of the height that was asked for */
    double concealed_percent;
    double age_p50_ms; /* screen: of the picture that is seen, 10 times a second */
    double age_p95_ms;
    double delay_ms; /* mean, from capture to display */
    double cpu_limited_percent;
} MpSimFigures;
