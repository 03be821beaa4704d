/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A shared screen.
 */
#include "session/stream_screen.h"

#include "session/stream_chance.h"

/* libwebrtc repeats the last picture of a still screen every second (zero-hertz mode); nothing in
 * it has changed. */
#define STILL_INTERVAL MP_SEC(1)
#define STILL_BYTES 200
#define SPREAD 0.3
/* Slides come from half to one and a half times their mean apart. */
#define SLIDE_SPREAD 0.5

MpStreamScreen mp_stream_screen(const MpStreamSpec *spec, MpTime start, guint64 seed)
{
    return (MpStreamScreen){
        .spec = *spec, .start = start, .random = seed, .due = start, .next_slide = start};
}

MpTime mp_stream_screen_due(const MpStreamScreen *screen)
{
    return screen->due;
}

static double slide_bytes(MpStreamScreen *screen, MpTime now)
{
    const MpStreamSpec *spec = &screen->spec;
    const double mean = (spec->slide_least_bytes + spec->slide_most_bytes) / 2.0;
    const double spread = (spec->slide_most_bytes - mean) / mean;
    screen->still = now + MP_MSEC(spec->motion_ms);
    screen->next_slide = spec->slide_ms
                             ? now + (MpTime)((double)MP_MSEC(spec->slide_ms) *
                                              mp_stream_chance(&screen->random, SLIDE_SPREAD))
                             : MP_NEVER;
    return mean * mp_stream_chance(&screen->random, spread);
}

static double frame_bytes(MpStreamScreen *screen, MpTime now, double scale)
{
    if (now >= screen->next_slide)
        return slide_bytes(screen, now);
    if (now >= screen->still)
        return STILL_BYTES;
    return screen->spec.kbps * scale * 125 / screen->spec.fps *
           mp_stream_chance(&screen->random, SPREAD);
}

MpVideoFrame mp_stream_screen_next(MpStreamScreen *screen, double scale)
{
    const MpTime now = screen->due;
    MpVideoFrame frame = {
        .captured = now,
        .timestamp = (guint32)((guint64)(now - screen->start) / 1000 * MP_VIDEO_CLOCK / 1000000),
    };
    if (scale > 0)
        frame.bytes = (guint32)frame_bytes(screen, now, scale);
    const MpTime interval = now < screen->still ? MP_SEC(1) / screen->spec.fps : STILL_INTERVAL;
    screen->due = now + interval;
    /* A slide that a pause held back comes with the next frame. */
    if (screen->next_slide > now)
        screen->due = MIN(screen->due, screen->next_slide);
    return frame;
}
