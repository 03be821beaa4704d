/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's packets over a link: audio and echo every 20 ms, a camera's frames every 33 ms.
 */
#include "tests/support/call_run.h"

#define HEADERS 28
#define FRAMES_PER_SECOND 30
#define PAYLOAD 1100

/* RTCP is no part of a record: 10 kbps. */
#define REPORT_INTERVAL MP_MSEC(50)
#define REPORT_SIZE 64
#define UNRECORDED G_MAXUINT

enum { AUDIO, ECHO, CAMERA };

static void add(GArray *packets, guint32 stream, MpTime at, guint16 size)
{
    const MpPacketFate packet = {.stream = stream,
                                 .sequence = packets->len,
                                 .size = size,
                                 .fate = MP_PACKET_LOST,
                                 .is_kernel_stamped = TRUE,
                                 .sent = at,
                                 .received = MP_NEVER};
    g_array_append_val(packets, packet);
}

static int by_time(gconstpointer a, gconstpointer b)
{
    const MpPacketFate *before = a;
    const MpPacketFate *after = b;
    return before->sent != after->sent ? (before->sent > after->sent) - (before->sent < after->sent)
                                       : (int)before->sequence - (int)after->sequence;
}

static GArray *send(const CallPattern *pattern)
{
    GArray *packets = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    for (MpTime at = 0; at < pattern->span; at += MP_MSEC(20)) {
        add(packets, AUDIO, pattern->start + at, 130);
        add(packets, ECHO, pattern->start + at + MP_MSEC(10), 68);
    }
    const guint bytes = (guint)(pattern->video_kbps * 125 / FRAMES_PER_SECOND);
    for (MpTime at = 0; at < pattern->span; at += MP_SEC(1) / FRAMES_PER_SECOND)
        for (guint sent = 0; sent < bytes; sent += PAYLOAD)
            add(packets, CAMERA, pattern->start + at + MP_USEC(8) * (sent / PAYLOAD),
                (guint16)MIN(bytes - sent, PAYLOAD));
    g_array_sort(packets, by_time);
    return packets;
}

static void take(MpLinkLine *line, MpTime until, GArray *packets)
{
    while (mp_link_line_deadline(line) <= until) {
        const MpTime now = mp_link_line_deadline(line);
        MpLinkOutcome outcome;
        while (mp_link_line_take(line, now, &outcome)) {
            const guint index = GPOINTER_TO_UINT(outcome.packet);
            if (outcome.fate != MP_FATE_DELIVERED || index == UNRECORDED)
                continue;
            MpPacketFate *packet = &g_array_index(packets, MpPacketFate, index);
            packet->fate = MP_PACKET_ARRIVED;
            packet->received = MIN(packet->received, outcome.due);
        }
    }
}

GArray *call_run(const MpLinkDirection *direction, guint64 seed, const CallPattern *pattern)
{
    GArray *packets = send(pattern);
    MpLinkLine *line = mp_link_line_new(direction, seed, 0, 0);
    MpTime next_report = pattern->start;
    for (guint i = 0; i < packets->len; i++) {
        const MpPacketFate *packet = &g_array_index(packets, MpPacketFate, i);
        for (; next_report <= packet->sent; next_report += REPORT_INTERVAL) {
            take(line, next_report, packets);
            mp_link_line_offer(line, next_report, REPORT_SIZE, GUINT_TO_POINTER(UNRECORDED));
        }
        take(line, packet->sent, packets);
        mp_link_line_offer(line, packet->sent, packet->size + HEADERS, GUINT_TO_POINTER(i));
    }
    take(line, MP_NEVER - 1, packets);
    mp_link_line_free(line, NULL);
    return packets;
}
