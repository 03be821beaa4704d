/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The exact timer: when it fires and when it does not.
 */
#include "base/clock.h"
#include "base/timer.h"

typedef struct {
    guint fired;
    MpTime at;
} Seen;

static void on_timer(MpTime now, gpointer user_data)
{
    Seen *seen = user_data;
    seen->fired++;
    seen->at = now;
}

static GSource *attach(GMainContext *context, Seen *seen)
{
    GSource *timer = mp_timer_new(on_timer, seen);
    g_assert_nonnull(timer);
    g_source_attach(timer, context);
    return timer;
}

static void test_it_fires_once_and_never_early(void)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    Seen seen = {0};
    g_autoptr(GSource) timer = attach(context, &seen);
    MpTime when = mp_clock_now() + MP_MSEC(2);
    mp_timer_arm(timer, when);
    while (seen.fired == 0)
        g_main_context_iteration(context, TRUE);
    g_assert_cmpint(seen.at, >=, when);
    g_assert_false(g_main_context_iteration(context, FALSE));
    g_assert_cmpuint(seen.fired, ==, 1);
}

static void test_the_past_fires_at_once(void)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    Seen seen = {0};
    g_autoptr(GSource) timer = attach(context, &seen);
    mp_timer_arm(timer, 0);
    g_assert_true(g_main_context_iteration(context, TRUE));
    g_assert_cmpuint(seen.fired, ==, 1);
}

static void test_never_disarms(void)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    Seen seen = {0};
    g_autoptr(GSource) timer = attach(context, &seen);
    mp_timer_arm(timer, 0);
    mp_timer_arm(timer, MP_NEVER);
    g_assert_false(g_main_context_iteration(context, FALSE));
    g_assert_cmpuint(seen.fired, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/timer/once", test_it_fires_once_and_never_early);
    g_test_add_func("/timer/past", test_the_past_fires_at_once);
    g_test_add_func("/timer/never", test_never_disarms);
    return g_test_run();
}
