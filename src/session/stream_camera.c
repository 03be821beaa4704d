/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A camera's stream.
 */
#include "session/stream_camera.h"

#include "session/stream_chance.h"

/* A call begins at 300 kbps (libwebrtc, kDefaultStartBitrateBps), and so does its first key frame.
 */
#define START_KBPS 300
/* How much frames between key frames differ from their mean. */
#define SPREAD 0.3
/* An encoder saves what a key frame cost over the frames of about a second. */
#define SAVING_FRAMES 30
/* No frame gets smaller than this part of the average to save. */
#define LEAST_SHARE 0.25

MpStreamCamera mp_stream_camera(const MpStreamSpec *spec, MpTime start, double phase, guint64 seed)
{
    const MpTime later = (MpTime)(phase * (double)MP_SEC(1) / spec->fps);
    return (MpStreamCamera){
        .spec = *spec, .start = start + later, .random = seed, .next_key = start + later};
}

MpTime mp_stream_camera_due(const MpStreamCamera *camera)
{
    return camera->start + (MpTime)(camera->frame * (guint64)MP_SEC(1) / camera->spec.fps);
}

static double mean_bytes(const MpStreamCamera *camera, double kbps)
{
    return kbps * 125 / camera->spec.fps;
}

static double frame_bytes(MpStreamCamera *camera, MpTime now, double kbps)
{
    const double mean = mean_bytes(camera, kbps);
    if (now >= camera->next_key) {
        const gboolean is_first = camera->next_key == camera->start;
        const double rate = is_first ? MIN(kbps, START_KBPS) : kbps;
        camera->next_key = camera->spec.key_frame_ms ? now + MP_MSEC(camera->spec.key_frame_ms)
                                                     : MP_NEVER;
        return mean_bytes(camera, rate) * camera->spec.key_frame_percent / 100;
    }
    return MAX(mean * LEAST_SHARE, mean - camera->owed / SAVING_FRAMES) *
           mp_stream_chance(&camera->random, SPREAD);
}

MpVideoFrame mp_stream_camera_next(MpStreamCamera *camera, double scale)
{
    MpVideoFrame frame = {
        .captured = mp_stream_camera_due(camera),
        .timestamp = (guint32)(camera->frame * MP_VIDEO_CLOCK / camera->spec.fps),
    };
    camera->frame++;
    if (scale <= 0)
        return frame;
    const double kbps = camera->spec.kbps * scale;
    /* Not MAX(), which would ask twice. */
    frame.bytes = 1 + (guint32)frame_bytes(camera, frame.captured, kbps);
    camera->owed += frame.bytes - mean_bytes(camera, kbps);
    return frame;
}
