/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Clocks that are set, and what the machine tells of this thread.
 */
#include "session/host_canary.h"

#include "base/clock.h"
#include "base/strain.h"

#define HOUR MP_SEC(3600)

static MpTime stepped(const MpTime *differences, gsize n)
{
    g_autoptr(MpHostCanary) canary = mp_host_canary_new();
    g_autoptr(MpMediaRecord) record = mp_media_record_new();
    for (gsize i = 0; i < n; i++)
        mp_host_canary_look(canary, MP_MSEC(2) * (MpTime)i, differences[i]);
    mp_host_canary_note(canary, record);
    return record->clock_stepped;
}

static void the_first_look_is_no_step(void)
{
    const MpTime still[] = {HOUR, HOUR, HOUR};
    g_assert_cmpint(stepped(still, 3), ==, 0);
    g_assert_cmpint(stepped(still, 1), ==, 0);
    g_assert_cmpint(stepped(still, 0), ==, 0);
}

static void a_clock_set_there_and_back_stepped_twice(void)
{
    const MpTime set[] = {HOUR, HOUR + MP_SEC(2), HOUR + MP_SEC(2), HOUR};
    g_assert_cmpint(stepped(set, 4), ==, MP_SEC(4));
}

static void reading_two_clocks_is_not_exact(void)
{
    const MpTime noisy[] = {HOUR, HOUR + MP_USEC(20), HOUR - MP_USEC(20), HOUR + MP_USEC(30)};
    g_assert_cmpint(stepped(noisy, 4), ==, 0);
}

/* The strain of a thread that works between two looks. */
static void strain_is_of_the_time_between_the_looks(void)
{
    MpStrain strain;
    if (!mp_strain_read(&strain)) {
        g_test_message("this system keeps no accounts");
        return;
    }
    g_autoptr(MpHostCanary) canary = mp_host_canary_new();
    g_autoptr(MpMediaRecord) record = mp_media_record_new();
    mp_host_canary_look(canary, MP_SEC(1), 0);
    mp_host_canary_look(canary, MP_SEC(3), 0);
    mp_host_canary_note(canary, record);
    g_assert_cmpint(record->watched, ==, MP_SEC(2));
    g_assert_cmpint(record->run_queue, >=, 0);
    g_assert_cmpint(record->stolen, >=, 0);
    g_assert_cmpint(record->run_queue, <=, strain.run_queue + MP_SEC(10));
}

static void the_difference_of_the_clocks_is_still(void)
{
    const MpTime difference = mp_clock_difference();
    g_assert_cmpint(ABS(mp_clock_realtime() - mp_clock_now() - difference), <, MP_SEC(1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/host-canary/first-look", the_first_look_is_no_step);
    g_test_add_func("/host-canary/there-and-back", a_clock_set_there_and_back_stepped_twice);
    g_test_add_func("/host-canary/noise", reading_two_clocks_is_not_exact);
    g_test_add_func("/host-canary/strain", strain_is_of_the_time_between_the_looks);
    g_test_add_func("/host-canary/difference", the_difference_of_the_clocks_is_still);
    return g_test_run();
}
