/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What /proc says about this computer.
 */
#include "engine/environment.h"

#include <math.h>

static void test_cpu_time(void)
{
    /* proc(5): user nice system idle iowait irq softirq steal guest guest_nice */
    MpCpuTime time = mp_cpu_time_parse("cpu  100 5 50 800 20 1 2 22 7 0\ncpu0 1 1 1 1 1 1 1 1\n");
    g_assert_cmpuint(time.total, ==, 1000);
    g_assert_cmpuint(time.idle, ==, 820);
}

static void test_cpu_time_that_does_not_parse_is_not_known(void)
{
    const char *const texts[] = {"", "cpu  1 2 3\n", "cpu0 1 2 3 4 5 6 7 8\n", NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_cmpuint(mp_cpu_time_parse(texts[i]).total, ==, 0);
}

static void test_headroom(void)
{
    const MpCpuTime before = {.idle = 820, .total = 1000};
    const MpCpuTime after = {.idle = 895, .total = 1100};
    g_assert_cmpfloat_with_epsilon(mp_cpu_headroom(before, after), 0.75, 1e-9);
    g_assert_true(isnan(mp_cpu_headroom(before, before)));
    g_assert_true(isnan(mp_cpu_headroom((MpCpuTime){0}, after)));
}

static void test_work_on_purpose_is_left_out_of_the_headroom(void)
{
    const MpCpuTime before = {.idle = 1000, .total = 4000};
    const MpCpuTime work_began = {.idle = 1300, .total = 4400};
    const MpCpuTime work_ended = {.idle = 1300, .total = 4800};
    const MpCpuTime after = {.idle = 1600, .total = 5200};
    const MpCpuTime work = mp_cpu_time_less(work_ended, work_began);
    g_assert_cmpfloat_with_epsilon(mp_cpu_headroom(before, mp_cpu_time_less(after, work)), 0.75,
                                   1e-9);
    g_assert_cmpfloat_with_epsilon(mp_cpu_headroom(before, after), 0.5, 1e-9);
}

static void test_memory(void)
{
    const char *text = "MemTotal:        8121856 kB\nMemFree: 1 kB\nMemAvailable:    2097152 kB\n";
    g_assert_cmpfloat(mp_memory_parse(text, "MemAvailable"), ==, 2048);
    g_assert_true(isnan(mp_memory_parse(text, "Mem")));
    g_assert_true(isnan(mp_memory_parse(NULL, "MemTotal")));
}

static void test_this_computer(void)
{
    g_autoptr(MpEnvironment) environment = mp_environment_read();
    g_assert_cmpuint(environment->cpu_cores, >=, 1);
    g_assert_cmpfloat(environment->memory_total_mb, >, 0);
    g_assert_nonnull(environment->os);
    g_assert_true(isnan(environment->cpu_headroom));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/environment/cpu-time", test_cpu_time);
    g_test_add_func("/environment/cpu-time-that-does-not-parse-is-not-known",
                    test_cpu_time_that_does_not_parse_is_not_known);
    g_test_add_func("/environment/headroom", test_headroom);
    g_test_add_func("/environment/headroom/work", test_work_on_purpose_is_left_out_of_the_headroom);
    g_test_add_func("/environment/memory", test_memory);
    g_test_add_func("/environment/this-computer", test_this_computer);
    return g_test_run();
}
