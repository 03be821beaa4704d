/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work of a virtual background on one picture, always the same: what a call asks of the
 * processor when it cuts a person out of a 720p camera on the CPU.
 *
 * One frame is a network of the size of those that browsers run for it (13 blocks of a 3x3
 * depthwise and a 1x1 convolution of 24 channels at 64x36: 48 million multiplications and
 * additions), the mask's enlargement to 1280x720, and the blend of that picture with another one in
 * planes of 4:2:0. All of it is plain C in one thread.
 */
#pragma once

#include <json-glib/json-glib.h>

typedef struct _MpBackgroundLoad MpBackgroundLoad;

/* About 6 MB. */
MpBackgroundLoad *mp_background_load_new(void);
void mp_background_load_free(MpBackgroundLoad *load);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpBackgroundLoad, mp_background_load_free)

/* One frame. What it returns depends on the number of frames so far only; it is there so that no
 * compiler may leave the work out. */
guint32 mp_background_load_run(MpBackgroundLoad *load);

/* "background_frame_ms" of how long each frame took, double, ms; nothing where there was none. */
void mp_background_load_tell(JsonObject *facts, const GArray *frames);
