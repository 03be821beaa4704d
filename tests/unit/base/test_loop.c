/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many contexts in one thread: each is turned for what it waits for, whoever asks.
 */
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/timer.h"

#define CONTEXTS 20
#define TICKS 5

typedef struct {
    MpLoop *loop;
    GThread *thread;
} World;

static gpointer run(gpointer loop)
{
    mp_loop_run(loop);
    return NULL;
}

static World begin(void)
{
    World world = {.loop = mp_loop_new()};
    world.thread = g_thread_new("loop", run, world.loop);
    return world;
}

static void end(World *world)
{
    mp_loop_quit(world->loop);
    g_thread_join(world->thread);
    mp_loop_free(world->loop);
}

/* One context with a timer that fires TICKS times, and then leaves the loop. */
typedef struct {
    MpLoop *loop;
    GMainContext *context;
    GSource *timer;
    guint ticks;
    gboolean was_default; /* in every callback */
    gint *left;           /* atomic: contexts that are not done */
} Ticker;

static void on_tick(MpTime now, gpointer user_data)
{
    Ticker *ticker = user_data;
    ticker->was_default &= g_main_context_get_thread_default() == ticker->context;
    if (++ticker->ticks < TICKS) {
        mp_timer_arm(ticker->timer, now + MP_MSEC(1));
        return;
    }
    g_source_destroy(ticker->timer);
    g_source_unref(ticker->timer);
    mp_loop_remove(ticker->loop, ticker->context);
    g_atomic_int_add(ticker->left, -1);
}

static gboolean start_ticker(gpointer user_data)
{
    Ticker *ticker = user_data;
    ticker->timer = mp_timer_new(on_tick, ticker);
    g_source_attach(ticker->timer, ticker->context);
    mp_timer_arm(ticker->timer, mp_clock_now() + MP_MSEC(1));
    return G_SOURCE_REMOVE;
}

static void attach(GMainContext *context, GSourceFunc function, gpointer data)
{
    GSource *source = g_idle_source_new();
    g_source_set_callback(source, function, data, NULL);
    g_source_attach(source, context);
    g_source_unref(source);
}

static gboolean enter_ticker(gpointer user_data)
{
    Ticker *ticker = user_data;
    mp_loop_add(ticker->loop, ticker->context);
    return G_SOURCE_REMOVE;
}

static void wait_for_zero(gint *count)
{
    const MpTime end = mp_clock_now() + MP_SEC(20);
    while (g_atomic_int_get(count) > 0 && mp_clock_now() < end)
        g_thread_yield();
    g_assert_cmpint(g_atomic_int_get(count), ==, 0);
}

/* The timers are made inside the loop, so they are claimed; numbers of descriptors come again. */
static void test_timers_of_many_contexts(void)
{
    World world = begin();
    Ticker tickers[CONTEXTS];
    gint left = CONTEXTS;
    for (guint i = 0; i < CONTEXTS; i++) {
        tickers[i] = (Ticker){.loop = world.loop,
                              .context = g_main_context_new(),
                              .was_default = TRUE,
                              .left = &left};
        attach(tickers[i].context, start_ticker, &tickers[i]);
        mp_loop_invoke(world.loop, enter_ticker, &tickers[i]);
    }
    wait_for_zero(&left);
    end(&world);
    for (guint i = 0; i < CONTEXTS; i++) {
        g_assert_cmpuint(tickers[i].ticks, ==, TICKS);
        g_assert_true(tickers[i].was_default);
        g_main_context_unref(tickers[i].context);
    }
}

static gboolean count_down(gpointer left)
{
    g_atomic_int_add((gint *)left, -1);
    return G_SOURCE_REMOVE;
}

static void test_another_thread_wakes_a_context_that_waits(void)
{
    World world = begin();
    Ticker member = {.loop = world.loop, .context = g_main_context_new()};
    gint left = 1;
    attach(member.context, count_down, &left);
    mp_loop_invoke(world.loop, enter_ticker, &member);
    wait_for_zero(&left);
    for (guint i = 0; i < 100; i++) {
        g_atomic_int_set(&left, 1);
        attach(member.context, count_down, &left);
        wait_for_zero(&left);
    }
    end(&world);
    g_main_context_unref(member.context);
}

static void test_a_context_may_time_out(void)
{
    World world = begin();
    Ticker member = {.loop = world.loop, .context = g_main_context_new()};
    gint left = 1;
    GSource *timeout = g_timeout_source_new(5);
    g_source_set_callback(timeout, count_down, &left, NULL);
    g_source_attach(timeout, member.context);
    g_source_unref(timeout);
    mp_loop_invoke(world.loop, enter_ticker, &member);
    wait_for_zero(&left);
    end(&world);
    g_main_context_unref(member.context);
}

/* A source that polls an eventfd(2), and leaves every second event to its context. */
typedef struct {
    GSource source;
    GPollFD poll;
    gint handled;
    gint dispatched;
    gint *left;
} Eventful;

static void take(Eventful *eventful, gint *count)
{
    guint64 value;
    g_assert_cmpint(read(eventful->poll.fd, &value, sizeof value), ==, sizeof value);
    g_atomic_int_inc(count);
    g_atomic_int_add(eventful->left, -1);
}

static gboolean eventful_check(GSource *source)
{
    return ((Eventful *)source)->poll.revents != 0;
}

static gboolean eventful_dispatch(GSource *source, GSourceFunc unused, gpointer also_unused)
{
    (void)unused;
    (void)also_unused;
    Eventful *eventful = (Eventful *)source;
    take(eventful, &eventful->dispatched);
    return G_SOURCE_CONTINUE;
}

static gboolean eventful_handle(GSource *source)
{
    Eventful *eventful = (Eventful *)source;
    if (g_atomic_int_get(&eventful->handled) > g_atomic_int_get(&eventful->dispatched))
        return FALSE;
    take(eventful, &eventful->handled);
    return TRUE;
}

static GSourceFuncs eventful_functions = {.check = eventful_check, .dispatch = eventful_dispatch};

typedef struct {
    Ticker member;
    Eventful *eventful;
} Claim;

static gboolean claim(gpointer user_data)
{
    Claim *claim = user_data;
    g_source_attach(&claim->eventful->source, claim->member.context);
    mp_loop_claim(claim->eventful->poll.fd, &claim->eventful->source, eventful_handle);
    return G_SOURCE_REMOVE;
}

static void test_what_a_handler_leaves_goes_to_the_context(void)
{
    World world = begin();
    gint left = 0;
    Eventful *eventful = (Eventful *)g_source_new(&eventful_functions, sizeof(Eventful));
    eventful->poll = (GPollFD){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .events = G_IO_IN};
    eventful->left = &left;
    g_source_add_poll(&eventful->source, &eventful->poll);
    Claim data = {.member = {.loop = world.loop, .context = g_main_context_new()},
                  .eventful = eventful};
    attach(data.member.context, claim, &data);
    mp_loop_invoke(world.loop, enter_ticker, &data.member);
    for (guint i = 0; i < 10; i++) {
        const guint64 one = 1;
        g_atomic_int_set(&left, 1);
        g_assert_cmpint(write(eventful->poll.fd, &one, sizeof one), ==, sizeof one);
        wait_for_zero(&left);
    }
    end(&world);
    g_assert_cmpint(eventful->handled, >=, 4);
    g_assert_cmpint(eventful->handled + eventful->dispatched, ==, 10);
    close(eventful->poll.fd);
    g_source_destroy(&eventful->source);
    g_source_unref(&eventful->source);
    g_main_context_unref(data.member.context);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loop/timers-of-many-contexts", test_timers_of_many_contexts);
    g_test_add_func("/loop/another-thread-wakes-a-context-that-waits",
                    test_another_thread_wakes_a_context_that_waits);
    g_test_add_func("/loop/a-context-may-time-out", test_a_context_may_time_out);
    g_test_add_func("/loop/what-a-handler-leaves-goes-to-the-context",
                    test_what_a_handler_leaves_goes_to_the_context);
    return g_test_run();
}
