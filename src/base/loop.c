/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many main contexts under one epoll(7).
 */
#include "base/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"

#define EVENTS 64
/* A context that is never done must not starve the others. */
#define TURNS 4
/* A handler may have attached sources to its context, which says nothing of it. */
#define STALE_AFTER MP_MSEC(50)

typedef struct {
    GMainContext *context;
    GArray *polled; /* GPollFD that the kernel watches for it */
    MpTime due;     /* when it must be turned at the latest */
    gboolean is_gone;
} Member;

/* What is known of one descriptor, by its number. */
typedef struct {
    Member *member; /* NULL: not watched */
    guint32 events;
    GSource *source; /* claims it; NULL: none */
    MpLoopHandler handler;
    GMainContext *context; /* of the source */
} Descriptor;

struct _MpLoop {
    int epoll;
    GMainContext *own; /* for calls from other threads */
    GPtrArray *members;
    GArray *descriptors; /* Descriptor */
    GArray *scratch;     /* GPollFD */
    gint is_ending;      /* atomic */
};

static GPrivate current_loop = G_PRIVATE_INIT(NULL);

static void free_member(gpointer data)
{
    Member *member = data;
    g_main_context_release(member->context);
    g_main_context_unref(member->context);
    g_array_unref(member->polled);
    g_free(member);
}

MpLoop *mp_loop_new(void)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        return NULL;
    MpLoop *loop = g_new0(MpLoop, 1);
    loop->epoll = epoll;
    loop->own = g_main_context_new();
    loop->members = g_ptr_array_new_with_free_func(free_member);
    loop->descriptors = g_array_new(FALSE, TRUE, sizeof(Descriptor));
    loop->scratch = g_array_new(FALSE, FALSE, sizeof(GPollFD));
    g_array_set_size(loop->scratch, 16);
    return loop;
}

void mp_loop_free(MpLoop *loop)
{
    if (!loop)
        return;
    close(loop->epoll);
    g_ptr_array_unref(loop->members);
    g_array_unref(loop->descriptors);
    g_array_unref(loop->scratch);
    g_main_context_unref(loop->own);
    g_free(loop);
}

static Descriptor *descriptor_of(MpLoop *loop, int fd)
{
    if ((guint)fd >= loop->descriptors->len)
        g_array_set_size(loop->descriptors, (guint)fd + 1);
    return &g_array_index(loop->descriptors, Descriptor, fd);
}

void mp_loop_claim(int fd, GSource *source, MpLoopHandler handler)
{
    MpLoop *loop = g_private_get(&current_loop);
    if (!loop)
        return;
    Descriptor *descriptor = descriptor_of(loop, fd);
    descriptor->source = source;
    descriptor->handler = handler;
    descriptor->context = g_main_context_get_thread_default();
}

void mp_loop_disclaim(int fd, GSource *source)
{
    MpLoop *loop = g_private_get(&current_loop);
    Descriptor *descriptor = loop ? descriptor_of(loop, fd) : NULL;
    if (descriptor && descriptor->source == source)
        descriptor->source = NULL;
}

/* Watching. A descriptor that was closed has left the epoll by itself, and its number may be
 * another's by now: EEXIST and ENOENT are no faults. */

static void unwatch(MpLoop *loop, const Member *member, int fd)
{
    Descriptor *descriptor = descriptor_of(loop, fd);
    if (descriptor->member != member)
        return;
    descriptor->member = NULL;
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* Once more even where nothing seems to have changed: between two looks a descriptor may have been
 * closed and its number given to another. */
static void watch(MpLoop *loop, Member *member, const GPollFD *polled)
{
    struct epoll_event event = {.events = polled->events, .data.fd = polled->fd};
    Descriptor *descriptor = descriptor_of(loop, polled->fd);
    const gboolean is_new = descriptor->member != member || descriptor->events != polled->events;
    descriptor->member = member;
    descriptor->events = polled->events;
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, polled->fd, &event) != 0 && errno == EEXIST && is_new)
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_MOD, polled->fd, &event);
}

static gboolean is_polled(const GPollFD *polled, guint n, int fd)
{
    for (guint i = 0; i < n; i++)
        if (polled[i].fd == fd)
            return TRUE;
    return FALSE;
}

/* Several sources may poll one descriptor. */
static guint merge(GPollFD *polled, guint n)
{
    guint kept = 0;
    for (guint i = 0; i < n; i++) {
        guint same = 0;
        while (same < kept && polled[same].fd != polled[i].fd)
            same++;
        if (same < kept)
            polled[same].events |= polled[i].events;
        else
            polled[kept++] = polled[i];
    }
    return kept;
}

static void follow(MpLoop *loop, Member *member, GPollFD *now, guint n)
{
    for (guint i = 0; i < member->polled->len; i++) {
        int fd = g_array_index(member->polled, GPollFD, i).fd;
        if (!is_polled(now, n, fd))
            unwatch(loop, member, fd);
    }
    for (guint i = 0; i < n; i++)
        watch(loop, member, &now[i]);
    g_array_set_size(member->polled, 0);
    g_array_append_vals(member->polled, now, n);
}

/* Asks the context what it waits for. */
static void look_up(MpLoop *loop, Member *member, MpTime now)
{
    GPollFD *polled = (GPollFD *)(void *)loop->scratch->data;
    gint priority;
    gint timeout_ms;
    g_main_context_prepare(member->context, &priority);
    gint n = g_main_context_query(member->context, G_MAXINT, &timeout_ms, polled,
                                  (gint)loop->scratch->len);
    if (n > (gint)loop->scratch->len) {
        g_array_set_size(loop->scratch, (guint)n);
        polled = (GPollFD *)(void *)loop->scratch->data;
        n = g_main_context_query(member->context, G_MAXINT, &timeout_ms, polled, n);
    }
    member->due = timeout_ms < 0 ? MP_NEVER : now + MP_MSEC(timeout_ms);
    follow(loop, member, polled, merge(polled, (guint)n));
}

/* Turning. */

static void turn(MpLoop *loop, Member *member, MpTime now)
{
    g_main_context_push_thread_default(member->context);
    for (guint i = 0; i < TURNS && !member->is_gone; i++)
        if (!g_main_context_iteration(member->context, FALSE))
            break;
    g_main_context_pop_thread_default(member->context);
    if (!member->is_gone)
        look_up(loop, member, now);
}

/* FALSE when the context must be turned. */
static gboolean handle(const Descriptor *descriptor, Member *member, MpTime now)
{
    if (!descriptor->source || descriptor->context != member->context)
        return FALSE;
    GSource *source = g_source_ref(descriptor->source);
    g_main_context_push_thread_default(member->context);
    gboolean is_handled = !g_source_is_destroyed(source) && descriptor->handler(source);
    g_main_context_pop_thread_default(member->context);
    g_source_unref(source);
    member->due = MIN(member->due, now + STALE_AFTER);
    return is_handled;
}

static void take_event(MpLoop *loop, int fd)
{
    /* The handler may watch more descriptors, which moves this one's. */
    const Descriptor descriptor = *descriptor_of(loop, fd);
    Member *member = descriptor.member;
    const MpTime now = mp_clock_now();
    if (member && !member->is_gone && !handle(&descriptor, member, now) && !member->is_gone)
        turn(loop, member, now);
}

static MpTime turn_those_due(MpLoop *loop)
{
    const MpTime now = mp_clock_now();
    MpTime next = MP_NEVER;
    for (guint i = 0; i < loop->members->len; i++) {
        Member *member = loop->members->pdata[i];
        if (member->due <= now && !member->is_gone)
            turn(loop, member, now);
        next = MIN(next, member->due);
    }
    return next;
}

static void bury(MpLoop *loop)
{
    for (guint i = loop->members->len; i > 0; i--) {
        Member *member = loop->members->pdata[i - 1];
        if (!member->is_gone)
            continue;
        for (guint j = 0; j < member->polled->len; j++)
            unwatch(loop, member, g_array_index(member->polled, GPollFD, j).fd);
        g_ptr_array_remove_index_fast(loop->members, i - 1);
    }
}

static void await(MpLoop *loop, MpTime due)
{
    struct epoll_event events[EVENTS];
    const MpTime left = due == MP_NEVER ? 0 : MAX(due - mp_clock_now(), 0);
    const struct timespec wait = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
    int n = epoll_pwait2(loop->epoll, events, EVENTS, due == MP_NEVER ? NULL : &wait, NULL);
    for (int i = 0; i < n; i++)
        take_event(loop, events[i].data.fd);
}

void mp_loop_run(MpLoop *loop)
{
    g_private_set(&current_loop, loop);
    mp_loop_add(loop, loop->own);
    while (!g_atomic_int_get(&loop->is_ending)) {
        const MpTime due = turn_those_due(loop);
        bury(loop);
        await(loop, due);
    }
    for (guint i = 0; i < loop->members->len; i++)
        ((Member *)loop->members->pdata[i])->is_gone = TRUE;
    bury(loop);
    g_private_set(&current_loop, NULL);
}

static gboolean do_nothing(gpointer data)
{
    (void)data;
    return G_SOURCE_REMOVE;
}

void mp_loop_quit(MpLoop *loop)
{
    g_atomic_int_set(&loop->is_ending, 1);
    mp_loop_invoke(loop, do_nothing, NULL);
}

/* Not g_main_context_invoke(): that may call at once, in the wrong thread. */
void mp_loop_invoke(MpLoop *loop, GSourceFunc function, gpointer data)
{
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, function, data, NULL);
    g_source_attach(source, loop->own);
    g_source_unref(source);
}

void mp_loop_add(MpLoop *loop, GMainContext *context)
{
    Member *member = g_new0(Member, 1);
    member->context = g_main_context_ref(context);
    member->polled = g_array_new(FALSE, FALSE, sizeof(GPollFD));
    /* What other threads attach wakes only a context that has an owner. */
    gboolean is_ours = g_main_context_acquire(context);
    g_assert(is_ours);
    g_ptr_array_add(loop->members, member);
}

void mp_loop_remove(MpLoop *loop, GMainContext *context)
{
    for (guint i = 0; i < loop->members->len; i++) {
        Member *member = loop->members->pdata[i];
        if (member->context == context)
            member->is_gone = TRUE;
    }
}
