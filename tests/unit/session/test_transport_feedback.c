/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports on what arrived, whatever numbers a hostile far end writes on its packets.
 */
#include "session/transport_feedback.h"

static guint reports(MpTransportFeedback *feedback)
{
    guint n = 0;
    guint8 bytes[2048];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    while (mp_transport_feedback_write(feedback, &writer, 1, 2)) {
        g_assert_false(writer.is_bad);
        writer = mp_writer_init(bytes, sizeof bytes);
        n++;
    }
    return n;
}

static void test_what_came_is_told_once(void)
{
    g_autoptr(MpTransportFeedback) feedback = mp_transport_feedback_new();
    g_assert_cmpuint(reports(feedback), ==, 0);
    for (guint i = 0; i < 10; i++)
        mp_transport_feedback_note(feedback, (guint16)(65530 + i), MP_MSEC(i));
    g_assert_cmpuint(reports(feedback), ==, 1);
    g_assert_cmpuint(reports(feedback), ==, 0);
}

static void test_leaping_numbers_never_end(void)
{
    g_autoptr(MpTransportFeedback) feedback = mp_transport_feedback_new();
    guint16 sequence = 0;
    for (guint i = 0; i < 140000; i++, sequence = (guint16)(sequence + 32767))
        mp_transport_feedback_note(feedback, sequence, MP_USEC(i));
    g_assert_cmpuint(reports(feedback), >=, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/transport-feedback/once", test_what_came_is_told_once);
    g_test_add_func("/transport-feedback/leaps", test_leaping_numbers_never_end);
    return g_test_run();
}
