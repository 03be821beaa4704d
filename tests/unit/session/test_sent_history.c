/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may be sent again, and when.
 */
#include "session/sent_history.h"

#define ROUND_TRIP MP_MSEC(100)

static void test_the_first_request_is_never_too_early(void)
{
    g_autoptr(MpSentHistory) history = mp_sent_history_new();
    const MpSentPacket packet = {.sequence = 0x10007, .payload_size = 100, .sent = MP_SEC(1)};
    mp_sent_history_add(history, &packet);
    const MpTime asked = MP_SEC(1) + MP_MSEC(30);
    g_assert_nonnull(mp_sent_history_take(history, 7, asked, ROUND_TRIP));
    g_assert_null(mp_sent_history_take(history, 7, asked + MP_MSEC(99), ROUND_TRIP));
    g_assert_nonnull(mp_sent_history_take(history, 7, asked + MP_MSEC(100), ROUND_TRIP));
}

static void test_what_is_gone_is_not_sent(void)
{
    g_autoptr(MpSentHistory) history = mp_sent_history_new();
    const MpSentPacket packet = {.sequence = 7, .payload_size = 100, .sent = MP_SEC(1)};
    mp_sent_history_add(history, &packet);
    g_assert_null(mp_sent_history_take(history, 8, MP_SEC(1), ROUND_TRIP));
    g_assert_null(mp_sent_history_take(history, 7, MP_SEC(60), ROUND_TRIP));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sent-history/first", test_the_first_request_is_never_too_early);
    g_test_add_func("/sent-history/gone", test_what_is_gone_is_not_sent);
    return g_test_run();
}
