/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every number of a browser's media engine that the simulation needs, with its source, as one
 * version of Chromium has it. Another version is another table.
 */
#pragma once

#include "simulator/chromium_audio.h"
#include "simulator/chromium_congestion.h"
#include "simulator/chromium_encoder.h"
#include "simulator/chromium_playout.h"

typedef struct {
    const char *version; /* "2026-07" */
    MpChromiumCongestion congestion;
    MpChromiumEncoder encoder;
    MpChromiumPlayout playout;
    MpChromiumAudio audio;
} MpChromium;

/* The newest table. */
const MpChromium *mp_chromium_newest(void);
