/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libwebrtc's frame dropper (media optimization): it leaves out frames of an encoder whose own rate
 * control is not believed, once its bits are half a second ahead of the target.
 */
#pragma once

#include <glib.h>

#include "simulator/chromium.h"

typedef struct {
    const MpChromiumDropper *constants;
    double target_bps;
    double level; /* bits that are ahead */
    double ratio; /* of frames that should be left out */
    int kept;     /* frames since the last that was left out, negative; or left out in a row */
    gboolean was_below;
    double mean_bits;   /* of a usual frame; 0: none yet */
    guint spread_left;  /* frames over which a large one is still counted */
    double spread_bits; /* of it in each */
} MpSimDropper;

void mp_sim_dropper_init(MpSimDropper *dropper, const MpChromiumEncoder *encoder);
void mp_sim_dropper_set(MpSimDropper *dropper, double target_bps);
/* Of each picture, before it is encoded: TRUE: leave it out. */
gboolean mp_sim_dropper_drops(MpSimDropper *dropper, double fps);
void mp_sim_dropper_encoded(MpSimDropper *dropper, double bits, gboolean is_key, double fps);
