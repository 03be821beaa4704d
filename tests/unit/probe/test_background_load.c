/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work of a frame is the same in every run, and no frame's result is the last one's.
 */
#include "probe/background_load.h"

static void test_every_run_does_the_same_work(void)
{
    g_autoptr(MpBackgroundLoad) first = mp_background_load_new();
    g_autoptr(MpBackgroundLoad) second = mp_background_load_new();
    guint32 before = 0;
    for (guint frame = 0; frame < 5; frame++) {
        guint32 result = mp_background_load_run(first);
        g_assert_cmpuint(result, ==, mp_background_load_run(second));
        g_assert_cmpuint(result, !=, before);
        before = result;
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/probe/background-load/same", test_every_run_does_the_same_work);
    return g_test_run();
}
