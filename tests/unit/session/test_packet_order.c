/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets put back in order, what is asked for again, and what is given up.
 */
#include "session/packet_order.h"

#define PATIENCE MP_MSEC(600)

static gboolean put(MpPacketOrder *order, guint16 sequence, MpTime now)
{
    const MpRtpHeader header = {.sequence = sequence};
    const guint8 payload = (guint8)sequence;
    return mp_packet_order_put(order, &header, (MpBytes){&payload, 1}, now);
}

/* The next one's number, with 100,000 more where something before it was given up; -1: none. */
static gint next(MpPacketOrder *order, MpTime now)
{
    MpOrderedPacket packet;
    if (!mp_packet_order_next(order, now, &packet))
        return -1;
    g_assert_cmpuint(packet.payload.data[0], ==, (guint8)packet.header.sequence);
    return packet.header.sequence + (packet.is_after_loss ? 100000 : 0);
}

static void test_order_is_restored_over_the_wrap(void)
{
    g_autoptr(MpPacketOrder) order = mp_packet_order_new(PATIENCE);
    g_assert_true(put(order, 65534, 0));
    g_assert_true(put(order, 0, 0));
    g_assert_cmpint(next(order, 0), ==, 65534);
    g_assert_cmpint(next(order, 0), ==, -1);
    g_assert_true(put(order, 65535, MP_MSEC(1)));
    g_assert_cmpint(next(order, MP_MSEC(1)), ==, 65535);
    g_assert_cmpint(next(order, MP_MSEC(1)), ==, 0);
    g_assert_false(put(order, 65535, MP_MSEC(2)));
    g_assert_false(put(order, 0, MP_MSEC(2)));
    g_assert_cmpint(mp_packet_order_deadline(order), ==, MP_NEVER);
    g_assert_cmpuint(mp_packet_order_given_up(order), ==, 0);
}

/* What is only out of order is given 10 ms; then it is asked for every 60 ms, eight times. */
static void test_what_is_missing_is_asked_for_until_patience_ends(void)
{
    g_autoptr(MpPacketOrder) order = mp_packet_order_new(PATIENCE);
    put(order, 1, 0);
    put(order, 4, 0);
    guint16 lost[8];
    g_assert_cmpint(next(order, 0), ==, 1);
    g_assert_cmpuint(mp_packet_order_wanted(order, MP_MSEC(9), lost, 8), ==, 0);
    guint asked = 0;
    for (MpTime now = mp_packet_order_deadline(order); now < PATIENCE;
         now = mp_packet_order_deadline(order)) {
        g_assert_cmpint(now, ==, MP_MSEC(10) + asked * MP_MSEC(60));
        g_assert_cmpuint(mp_packet_order_wanted(order, now, lost, 8), ==, 2);
        g_assert_cmpuint(lost[0], ==, 2);
        g_assert_cmpuint(lost[1], ==, 3);
        asked++;
    }
    g_assert_cmpuint(asked, ==, 8);
    g_assert_cmpint(next(order, PATIENCE - 1), ==, -1);
    g_assert_cmpint(next(order, PATIENCE), ==, 100004);
    g_assert_cmpuint(mp_packet_order_given_up(order), ==, 2);
}

static void test_a_hole_wider_than_the_window_begins_anew(void)
{
    g_autoptr(MpPacketOrder) order = mp_packet_order_new(PATIENCE);
    put(order, 1, 0);
    g_assert_cmpint(next(order, 0), ==, 1);
    put(order, 3, 0);
    g_assert_true(put(order, 3000, 0));
    g_assert_cmpint(next(order, 0), ==, 103000);
    g_assert_false(put(order, 3, 0));
    g_assert_cmpint(mp_packet_order_deadline(order), ==, MP_NEVER);
}

/* Numbers that leap by as much as they may would come to the end of 32 bits, and nothing ends
 * there. */
static void test_leaping_numbers_never_end(void)
{
    g_autoptr(MpPacketOrder) order = mp_packet_order_new(PATIENCE);
    guint16 sequence = 0;
    for (guint i = 0; i < 140000; i++, sequence = (guint16)(sequence + 32767)) {
        put(order, sequence, 0);
        while (next(order, 0) >= 0)
            continue;
    }
    g_assert_true(put(order, sequence, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packet-order/wrap", test_order_is_restored_over_the_wrap);
    g_test_add_func("/packet-order/asked", test_what_is_missing_is_asked_for_until_patience_ends);
    g_test_add_func("/packet-order/hole", test_a_hole_wider_than_the_window_begins_anew);
    g_test_add_func("/packet-order/leaps", test_leaping_numbers_never_end);
    return g_test_run();
}
