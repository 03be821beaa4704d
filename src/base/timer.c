/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A GSource over timerfd(2) with an absolute monotonic deadline.
 */
#include "base/timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"

typedef struct {
    GSource source;
    int fd;
    MpTime due;
    MpTimerCallback callback;
    gpointer user_data;
} Timer;

static void fire(GSource *source)
{
    Timer *timer = (Timer *)source;
    guint64 expirations;
    const MpTime now = mp_clock_now();
    /* Armed anew, by another source, after poll() had returned. */
    if (now < timer->due)
        return;
    timer->due = MP_NEVER;
    timer->callback(now, timer->user_data);
    /* Arming it anew has made the kernel forget what expired: else we must. */
    if (timer->due == MP_NEVER && !g_source_is_destroyed(source))
        (void)read(timer->fd, &expirations, sizeof expirations);
}

static gboolean dispatch(GSource *source, GSourceFunc unused, gpointer also_unused)
{
    (void)unused;
    (void)also_unused;
    fire(source);
    return G_SOURCE_CONTINUE;
}

static gboolean fire_in_loop(GSource *source)
{
    fire(source);
    return TRUE;
}

static void finalize(GSource *source)
{
    Timer *timer = (Timer *)source;
    if (timer->fd < 0)
        return;
    mp_loop_disclaim(timer->fd, source);
    close(timer->fd);
}

static GSourceFuncs timer_functions = {.dispatch = dispatch, .finalize = finalize};

GSource *mp_timer_new(MpTimerCallback callback, gpointer user_data)
{
    GSource *source = g_source_new(&timer_functions, sizeof(Timer));
    Timer *timer = (Timer *)source;
    timer->callback = callback;
    timer->user_data = user_data;
    timer->due = MP_NEVER;
    timer->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer->fd < 0) {
        g_source_unref(source);
        return NULL;
    }
    g_source_add_unix_fd(source, timer->fd, G_IO_IN);
    mp_loop_claim(timer->fd, source, fire_in_loop);
    return source;
}

void mp_timer_arm(GSource *source, MpTime when)
{
    Timer *timer = (Timer *)source;
    struct itimerspec spec = {0};
    timer->due = when;
    if (when != MP_NEVER) {
        /* An all-zero value would disarm; 1 ns after boot is long past and fires at once. */
        MpTime at = MAX(when, 1);
        spec.it_value.tv_sec = at / MP_SEC(1);
        spec.it_value.tv_nsec = at % MP_SEC(1);
    }
    g_assert(timerfd_settime(timer->fd, TFD_TIMER_ABSTIME, &spec, NULL) == 0);
}
