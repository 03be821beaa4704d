/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What GLib orders, told to the thread sanitizer. A distribution's GLib is built without it, and
 * its locks are futexes of its own: nobody sees which thread waited for which.
 */
#include "glib_for_tsan.h"

#include <dlfcn.h>
#include <gio/gio.h>
#include <sanitizer/tsan_interface.h>
#include <string.h>

GCallback mp_tsan_find_hidden(GCallback *known, const char *name)
{
    GCallback function = __atomic_load_n(known, __ATOMIC_ACQUIRE);
    if (function)
        return function;
    gpointer found = dlsym(RTLD_NEXT, name);
    memcpy(&function, &found, sizeof function);
    __atomic_store_n(known, function, __ATOMIC_RELEASE);
    return function;
}

/* Mutexes. Where one is made is not told: libraries hand theirs over in ways that nobody sees. */

void g_mutex_lock(GMutex *mutex)
{
    HIDDEN(g_mutex_lock);
    __tsan_mutex_pre_lock(mutex, 0);
    hidden(mutex);
    __tsan_mutex_post_lock(mutex, 0, 0);
}

gboolean g_mutex_trylock(GMutex *mutex)
{
    HIDDEN(g_mutex_trylock);
    __tsan_mutex_pre_lock(mutex, __tsan_mutex_try_lock);
    gboolean is_locked = hidden(mutex);
    __tsan_mutex_post_lock(mutex, is_locked ? __tsan_mutex_try_lock : __tsan_mutex_try_lock_failed,
                           0);
    return is_locked;
}

void g_mutex_unlock(GMutex *mutex)
{
    HIDDEN(g_mutex_unlock);
    __tsan_mutex_pre_unlock(mutex, 0);
    hidden(mutex);
    __tsan_mutex_post_unlock(mutex, 0);
}

/* Conditions: what one waiter sees comes by the mutex. */

static void leave(GMutex *mutex)
{
    __tsan_mutex_pre_unlock(mutex, 0);
    __tsan_mutex_post_unlock(mutex, 0);
}

static void enter(GMutex *mutex)
{
    __tsan_mutex_pre_lock(mutex, 0);
    __tsan_mutex_post_lock(mutex, 0, 0);
}

void g_cond_wait(GCond *condition, GMutex *mutex)
{
    HIDDEN(g_cond_wait);
    leave(mutex);
    hidden(condition, mutex);
    enter(mutex);
}

gboolean g_cond_wait_until(GCond *condition, GMutex *mutex, gint64 end_time)
{
    HIDDEN(g_cond_wait_until);
    leave(mutex);
    gboolean is_signalled = hidden(condition, mutex, end_time);
    enter(mutex);
    return is_signalled;
}

/* Locks of readers and writers. */

void g_rw_lock_writer_lock(GRWLock *lock)
{
    HIDDEN(g_rw_lock_writer_lock);
    __tsan_mutex_pre_lock(lock, 0);
    hidden(lock);
    __tsan_mutex_post_lock(lock, 0, 0);
}

void g_rw_lock_writer_unlock(GRWLock *lock)
{
    HIDDEN(g_rw_lock_writer_unlock);
    __tsan_mutex_pre_unlock(lock, 0);
    hidden(lock);
    __tsan_mutex_post_unlock(lock, 0);
}

void g_rw_lock_reader_lock(GRWLock *lock)
{
    HIDDEN(g_rw_lock_reader_lock);
    __tsan_mutex_pre_lock(lock, __tsan_mutex_read_lock);
    hidden(lock);
    __tsan_mutex_post_lock(lock, __tsan_mutex_read_lock, 0);
}

void g_rw_lock_reader_unlock(GRWLock *lock)
{
    HIDDEN(g_rw_lock_reader_unlock);
    __tsan_mutex_pre_unlock(lock, __tsan_mutex_read_lock);
    hidden(lock);
    __tsan_mutex_post_unlock(lock, __tsan_mutex_read_lock);
}

/* What is made once: whoever finds it made does not call GLib, but reads the place. */

gboolean(g_once_init_enter)(volatile void *place)
{
    HIDDEN(g_once_init_enter);
    gboolean is_first = hidden(place);
    __tsan_acquire((void *)place);
    return is_first;
}

void(g_once_init_leave)(volatile void *place, gsize made)
{
    HIDDEN(g_once_init_leave);
    __tsan_release((void *)place);
    hidden(place, made);
}

/* Queues. */

void g_async_queue_push(GAsyncQueue *queue, gpointer item)
{
    HIDDEN(g_async_queue_push);
    __tsan_release(queue);
    hidden(queue, item);
}

gpointer g_async_queue_pop(GAsyncQueue *queue)
{
    HIDDEN(g_async_queue_pop);
    gpointer item = hidden(queue);
    __tsan_acquire(queue);
    return item;
}

/* Pools of threads. Whoever pushes orders what the function sees, and whoever waits for the end
 * sees what it did. */

typedef struct {
    GFunc function;
    gpointer user_data;
} Told;

static void run_told(gpointer item, gpointer user_data)
{
    Told *told = user_data;
    __tsan_acquire(told);
    told->function(item, told->user_data);
    __tsan_release(told);
}

GThreadPool *g_thread_pool_new(GFunc function, gpointer user_data, gint most, gboolean is_exclusive,
                               GError **error)
{
    HIDDEN(g_thread_pool_new);
    Told *told = g_new(Told, 1);
    *told = (Told){function, user_data};
    return hidden(run_told, told, most, is_exclusive, error);
}

gboolean g_thread_pool_push(GThreadPool *pool, gpointer item, GError **error)
{
    HIDDEN(g_thread_pool_push);
    __tsan_release(pool->user_data);
    return hidden(pool, item, error);
}

void g_thread_pool_free(GThreadPool *pool, gboolean is_immediate, gboolean waits)
{
    HIDDEN(g_thread_pool_free);
    Told *told = pool->user_data;
    hidden(pool, is_immediate, waits);
    if (!waits)
        return;
    __tsan_acquire(told);
    g_free(told);
}

/* Contexts. */

static gpointer place_of(GMainContext *context)
{
    return context ? context : g_main_context_default();
}

guint g_source_attach(GSource *source, GMainContext *context)
{
    HIDDEN(g_source_attach);
    __tsan_release(place_of(context));
    return hidden(source, context);
}

gboolean g_main_context_acquire(GMainContext *context)
{
    HIDDEN(g_main_context_acquire);
    gboolean is_ours = hidden(context);
    __tsan_acquire(place_of(context));
    return is_ours;
}

void g_main_context_release(GMainContext *context)
{
    HIDDEN(g_main_context_release);
    __tsan_release(place_of(context));
    hidden(context);
}

/* What is attached while a context waits is dispatched as soon as the wait is over. */
static _Thread_local GMainContext *waiting;

static gint poll_and_see(GPollFD *polled, guint n, gint timeout_ms)
{
    gint found = g_poll(polled, n, timeout_ms);
    if (waiting)
        __tsan_acquire(waiting);
    return found;
}

/* Returns the outer one, for end_wait(). */
static GMainContext *begin_wait(GMainContext *context)
{
    GMainContext *outer = waiting;
    waiting = place_of(context);
    g_main_context_set_poll_func(waiting, poll_and_see);
    __tsan_acquire(waiting);
    return outer;
}

static void end_wait(GMainContext *outer)
{
    __tsan_release(waiting);
    waiting = outer;
}

gboolean g_main_context_iteration(GMainContext *context, gboolean may_block)
{
    HIDDEN(g_main_context_iteration);
    GMainContext *outer = begin_wait(context);
    gboolean is_dispatched = hidden(context, may_block);
    end_wait(outer);
    return is_dispatched;
}

void g_main_loop_run(GMainLoop *loop)
{
    HIDDEN(g_main_loop_run);
    GMainContext *outer = begin_wait(g_main_loop_get_context(loop));
    hidden(loop);
    end_wait(outer);
    __tsan_acquire(loop);
}

void g_main_loop_quit(GMainLoop *loop)
{
    HIDDEN(g_main_loop_quit);
    __tsan_release(loop);
    hidden(loop);
}

/* What is counted: the last one to let go has seen what the others did. */

void g_atomic_rc_box_release_full(gpointer box, GDestroyNotify clear)
{
    HIDDEN(g_atomic_rc_box_release_full);
    __tsan_release(box);
    __tsan_acquire(box);
    hidden(box, clear);
}

void g_atomic_rc_box_release(gpointer box)
{
    HIDDEN(g_atomic_rc_box_release);
    __tsan_release(box);
    __tsan_acquire(box);
    hidden(box);
}

/* GIO loads modules to look at them, and the sanitizer gives up where one of tools/tsan goes. */

int dlclose(void *handle)
{
    (void)handle;
    return 0;
}
