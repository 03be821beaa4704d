/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The retransmission schedule of RFC 8489 section 6.2, in virtual time.
 */
#include <glib.h>

#include "session/stun_transaction.h"

#define START MP_SEC(1000)

static const MpStunId id = {{1}};

static MpStunTransaction begin(gboolean is_reliable, MpTime limit)
{
    return mp_stun_transaction_init(&id, is_reliable, START, limit);
}

/* Jumps from deadline to deadline; returns when it gave up and fills the moments of the sends. */
static MpTime run(MpStunTransaction *transaction, GArray *sends)
{
    for (;;) {
        MpTime now = mp_stun_transaction_deadline(transaction);
        g_assert_cmpint(now, !=, MP_NEVER);
        g_assert_cmpint(mp_stun_transaction_advance(transaction, now - 1), ==, MP_STUN_STEP_WAIT);
        MpStunStep step = mp_stun_transaction_advance(transaction, now);
        if (step == MP_STUN_STEP_TIMED_OUT)
            return now - START;
        g_assert_cmpint(step, ==, MP_STUN_STEP_SEND);
        double ms = mp_time_to_ms(now - START);
        g_array_append_val(sends, ms);
    }
}

/* "requests will be sent at times 0 ms, 500 ms, 1500 ms, 3500 ms, 7500 ms, 15500 ms, and 31500 ms.
 * If the client has not received a response after 39500 ms, the client will consider the
 * transaction to have timed out." */
static void test_sends_at_0_500_1500_3500_7500_15500_31500(void)
{
    static const double expected[] = {0, 500, 1500, 3500, 7500, 15500, 31500};
    g_autoptr(GArray) sends = g_array_new(FALSE, FALSE, sizeof(double));
    MpStunTransaction transaction = begin(FALSE, MP_NEVER);
    g_assert_cmpint(run(&transaction, sends), ==, MP_MSEC(39500));
    g_assert_cmpuint(sends->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < sends->len; i++)
        g_assert_cmpfloat(g_array_index(sends, double, i), ==, expected[i]);
    g_assert_cmpint(mp_stun_transaction_deadline(&transaction), ==, MP_NEVER);
    g_assert_cmpint(mp_stun_transaction_advance(&transaction, START + MP_SEC(99)), ==,
                    MP_STUN_STEP_WAIT);
}

static void test_reliable_is_sent_once_and_ends_at_39500(void)
{
    g_autoptr(GArray) sends = g_array_new(FALSE, FALSE, sizeof(double));
    MpStunTransaction transaction = begin(TRUE, MP_NEVER);
    g_assert_cmpint(run(&transaction, sends), ==, MP_MSEC(39500));
    g_assert_cmpuint(sends->len, ==, 1);
}

static void test_limit_of_the_caller_ends_it_earlier(void)
{
    g_autoptr(GArray) sends = g_array_new(FALSE, FALSE, sizeof(double));
    MpStunTransaction transaction = begin(FALSE, START + MP_MSEC(1200));
    g_assert_cmpint(run(&transaction, sends), ==, MP_MSEC(1200));
    g_assert_cmpuint(sends->len, ==, 2);
}

static void test_late_caller_sends_once_and_keeps_the_interval(void)
{
    MpStunTransaction transaction = begin(FALSE, MP_NEVER);
    g_assert_cmpint(mp_stun_transaction_advance(&transaction, START), ==, MP_STUN_STEP_SEND);
    MpTime late = START + MP_MSEC(800);
    g_assert_cmpint(mp_stun_transaction_advance(&transaction, late), ==, MP_STUN_STEP_SEND);
    g_assert_cmpint(mp_stun_transaction_advance(&transaction, late), ==, MP_STUN_STEP_WAIT);
    g_assert_cmpint(mp_stun_transaction_deadline(&transaction), ==, late + MP_MSEC(1000));
}

static void test_round_trip_is_known_without_retransmission_only(void)
{
    MpStunTransaction transaction = begin(FALSE, MP_NEVER);
    mp_stun_transaction_advance(&transaction, START);
    g_assert_cmpint(mp_stun_transaction_finish(&transaction, START + MP_MSEC(30)), ==, MP_MSEC(30));
    g_assert_cmpint(mp_stun_transaction_deadline(&transaction), ==, MP_NEVER);

    transaction = begin(FALSE, MP_NEVER);
    mp_stun_transaction_advance(&transaction, START);
    mp_stun_transaction_advance(&transaction, START + MP_MSEC(500));
    g_assert_cmpint(mp_stun_transaction_finish(&transaction, START + MP_MSEC(530)), ==, MP_NEVER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stun_transaction/sends_at_0_500_1500_3500_7500_15500_31500",
                    test_sends_at_0_500_1500_3500_7500_15500_31500);
    g_test_add_func("/stun_transaction/reliable_is_sent_once_and_ends_at_39500",
                    test_reliable_is_sent_once_and_ends_at_39500);
    g_test_add_func("/stun_transaction/limit_of_the_caller_ends_it_earlier",
                    test_limit_of_the_caller_ends_it_earlier);
    g_test_add_func("/stun_transaction/late_caller_sends_once_and_keeps_the_interval",
                    test_late_caller_sends_once_and_keeps_the_interval);
    g_test_add_func("/stun_transaction/round_trip_is_known_without_retransmission_only",
                    test_round_trip_is_known_without_retransmission_only);
    return g_test_run();
}
