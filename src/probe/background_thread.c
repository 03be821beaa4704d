/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work of a virtual background beside a call.
 */
#include "probe/background_thread.h"

#include "base/clock.h"
#include "probe/background_load.h"

struct _MpBackgroundThread {
    guint fps;
    gint is_ended; /* atomic */
    GArray *frames;
    GThread *thread;
};

/* A frame that is not ready in time makes the next one late: none is done twice. */
static gpointer work_on_frames(gpointer data)
{
    MpBackgroundThread *work = data;
    g_autoptr(MpBackgroundLoad) load = mp_background_load_new();
    const MpTime interval = MP_SEC(1) / work->fps;
    MpTime due = mp_clock_now();
    while (!g_atomic_int_get(&work->is_ended)) {
        const MpTime began = mp_clock_now();
        (void)mp_background_load_run(load);
        const MpTime now = mp_clock_now();
        const double took = mp_time_to_ms(now - began);
        g_array_append_val(work->frames, took);
        due = due + interval > now ? due + interval : now;
        if (due > now)
            g_usleep((gulong)((due - now) / 1000));
    }
    return NULL;
}

MpBackgroundThread *mp_background_thread_start(guint fps)
{
    MpBackgroundThread *work = g_new0(MpBackgroundThread, 1);
    work->fps = fps;
    work->frames = g_array_new(FALSE, FALSE, sizeof(double));
    work->thread = g_thread_new("background", work_on_frames, work);
    return work;
}

GArray *mp_background_thread_stop(MpBackgroundThread *work)
{
    g_atomic_int_set(&work->is_ended, 1);
    g_thread_join(work->thread);
    GArray *frames = g_steal_pointer(&work->frames);
    g_free(work);
    return frames;
}
