/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A line a packet: measurement, direction, stream, sequence, bytes, sent_us, received_us, stamps.
 */
#include "packets_text.h"

#include <stdio.h>
#include <string.h>

#include "model/packet_fate.h"

#define COLUMNS 8

static MpPacketEnd end_named(const char *received)
{
    if (g_str_equal(received, "lost"))
        return MP_PACKET_LOST;
    return g_str_equal(received, "overflow") ? MP_PACKET_OVERFLOWN : MP_PACKET_ARRIVED;
}

static MpPacketFate packet_of(char *const *column)
{
    const MpPacketEnd end = end_named(column[6]);
    return (MpPacketFate){
        .stream = (guint32)g_ascii_strtoull(column[2], NULL, 16),
        .sequence = (guint32)g_ascii_strtoull(column[3], NULL, 10),
        .size = (guint16)g_ascii_strtoull(column[4], NULL, 10),
        .fate = end,
        .is_kernel_stamped = g_str_equal(column[7], "kernel"),
        .sent = MP_USEC(g_ascii_strtoll(column[5], NULL, 10)),
        .received = end == MP_PACKET_ARRIVED ? MP_USEC(g_ascii_strtoll(column[6], NULL, 10))
                                             : MP_NEVER,
    };
}

gboolean packets_text_read(const char *text, MpMeasurement *measurement)
{
    measurement->packets_up = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    measurement->packets_down = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    for (guint i = 0; lines[i]; i++) {
        if (lines[i][0] == '\0' || lines[i][0] == '#')
            continue;
        g_auto(GStrv) columns = g_strsplit(lines[i], "\t", 0);
        if (g_strv_length(columns) != COLUMNS)
            return FALSE;
        if (!g_str_equal(columns[0], measurement->id))
            continue;
        const MpPacketFate packet = packet_of(columns);
        g_array_append_val(g_str_equal(columns[1], "up") ? measurement->packets_up
                                                         : measurement->packets_down,
                           packet);
    }
    return TRUE;
}
