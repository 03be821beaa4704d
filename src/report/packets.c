/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every packet of every call, a line each: for those who compute figures of their own.
 */
#include <mediapath/report.h>

#include "model/packet_fate.h"
#include "model/result.h"

#define HEAD                                                                                       \
    "# mediapath-packets/1\n# measurement\tdirection\tstream\tsequence\tbytes\tsent_us\t"          \
    "received_us\tstamps\n"

static const char *received_text(const MpPacketFate *packet, MpTime start, char *buffer, gsize size)
{
    if (packet->fate == MP_PACKET_ARRIVED) {
        g_snprintf(buffer, (gulong)size, "%" G_GINT64_FORMAT,
                   (packet->received - start) / MP_USEC(1));
        return buffer;
    }
    return packet->fate == MP_PACKET_LOST ? "lost" : "overflow";
}

static void append(GString *out, const char *id, const char *direction, const GArray *packets,
                   MpTime start)
{
    char buffer[32];
    for (guint i = 0; packets && i < packets->len; i++) {
        const MpPacketFate *packet = &g_array_index(packets, MpPacketFate, i);
        g_string_append_printf(out, "%s\t%s\t%08x\t%u\t%u\t%" G_GINT64_FORMAT "\t%s\t%s\n", id,
                               direction, packet->stream, packet->sequence, packet->size,
                               (packet->sent - start) / MP_USEC(1),
                               received_text(packet, start, buffer, sizeof buffer),
                               packet->is_kernel_stamped ? "kernel" : "program");
    }
}

/* The microsecond in which the measurement's first packet left, either way; MP_NEVER: none did. */
static MpTime start_of(const MpMeasurement *measurement)
{
    MpTime start = MP_NEVER;
    const GArray *const both[] = {measurement->packets_up, measurement->packets_down};
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
        if (both[i] && both[i]->len > 0)
            start = MIN(start, g_array_index(both[i], MpPacketFate, 0).sent);
    return start == MP_NEVER ? start : start - start % MP_USEC(1);
}

char *mp_report_packets(const MpResult *result)
{
    g_return_val_if_fail(result, NULL);

    GString *out = g_string_new(HEAD);
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        const MpTime start = start_of(measurement);
        if (start != MP_NEVER)
            g_string_append_printf(out, "# start\t%s\t%" G_GINT64_FORMAT "\n", measurement->id,
                                   start / MP_USEC(1));
        append(out, measurement->id, "up", measurement->packets_up, start);
        append(out, measurement->id, "down", measurement->packets_down, start);
    }
    return g_string_free(out, FALSE);
}
