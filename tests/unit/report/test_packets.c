/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of every packet, as text.
 */
#include <mediapath/report.h>

#include "model/packet_fate.h"
#include "model/result.h"

static void test_each_fate_has_its_line(void)
{
    const MpPacketFate packets[] = {
        {.stream = 0xabc,
         .sequence = 7,
         .size = 1130,
         .is_kernel_stamped = TRUE,
         .sent = MP_SEC(100),
         .received = MP_SEC(100) + MP_USEC(20123)},
        {.stream = 0xabc,
         .sequence = 8,
         .size = 99,
         .fate = MP_PACKET_LOST,
         .sent = MP_SEC(100) + MP_USEC(500),
         .received = MP_NEVER},
        {.stream = 0xabc,
         .sequence = 9,
         .size = 99,
         .fate = MP_PACKET_OVERFLOWN,
         .sent = MP_SEC(100) + MP_USEC(600),
         .received = MP_NEVER},
    };
    g_autoptr(MpResult) result = mp_result_new();
    MpMeasurement *measurement = mp_measurement_new("media-udp", "media", "far", MP_TRANSPORT_UDP);
    measurement->packets_up = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    measurement->packets_down = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    g_array_append_vals(measurement->packets_up, packets, G_N_ELEMENTS(packets));
    g_array_append_vals(measurement->packets_down, packets, 1);
    g_ptr_array_add(result->measurements, measurement);
    g_autofree char *text = mp_report_packets(result);
    g_assert_cmpstr(
        text, ==,
        "# mediapath-packets/1\n"
        "# measurement\tdirection\tstream\tsequence\tbytes\tsent_us\treceived_us\tstamps\n"
        "# start\tmedia-udp\t100000000\n"
        "media-udp\tup\t00000abc\t7\t1130\t0\t20123\tkernel\n"
        "media-udp\tup\t00000abc\t8\t99\t500\tlost\tprogram\n"
        "media-udp\tup\t00000abc\t9\t99\t600\toverflow\tprogram\n"
        "media-udp\tdown\t00000abc\t7\t1130\t0\t20123\tkernel\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packets/each_fate_has_its_line", test_each_fate_has_its_line);
    return g_test_run();
}
