/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The versions of Chromium that there are tables for.
 */
#include "simulator/chromium.h"

static MpChromium newest;

const MpChromium *mp_chromium_newest(void)
{
    static gsize is_ready;
    if (g_once_init_enter(&is_ready)) {
        newest = (MpChromium){
            .version = "2026-07",
            .congestion = mp_chromium_congestion_2026_07,
            .encoder = mp_chromium_encoder_2026_07,
            .playout = mp_chromium_playout_2026_07,
            .audio = mp_chromium_audio_2026_07,
        };
        g_once_init_leave(&is_ready, 1);
    }
    return &newest;
}
