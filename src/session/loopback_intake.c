/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What came under one SSRC.
 */
#include "session/loopback_intake.h"

void mp_loopback_intake_clear(MpLoopbackIntake *intake)
{
    g_clear_pointer(&intake->streams, mp_media_streams_free);
}

gboolean mp_loopback_intake_take(MpLoopbackIntake *intake, const MpRtpHeader *header,
                                 gsize payload_length, guint clock_rate, MpTime arrival)
{
    if (!intake->streams) {
        intake->streams = mp_media_streams_new();
        intake->ssrc = header->ssrc;
        intake->first = intake->highest = header->sequence;
    }
    if (header->ssrc != intake->ssrc)
        return FALSE;
    const MpStreamNature nature = {.clock_rate = clock_rate, .habit = MP_STREAM_MAY_REST};
    guint32 sequence = mp_media_streams_receive(intake->streams, header, nature, arrival);
    intake->reordered += sequence < intake->highest;
    intake->first = MIN(intake->first, sequence);
    intake->highest = MAX(intake->highest, sequence);
    intake->packets++;
    intake->payload_bytes += payload_length;
    intake->padding += payload_length == 0;
    return TRUE;
}

void mp_loopback_intake_note_report(MpLoopbackIntake *intake, const MpRtcpReport *report,
                                    MpTime arrival)
{
    if (!intake->streams || report->ssrc != intake->ssrc)
        return;
    mp_media_streams_note_sender_report(intake->streams, report->ntp_time, arrival);
    intake->sender_packets = report->packet_count;
    intake->report_arrival = arrival;
    intake->report_timestamp = report->rtp_timestamp;
}

gboolean mp_loopback_intake_block(MpLoopbackIntake *intake, MpTime realtime, MpRtcpBlock *block)
{
    if (!intake->streams)
        return FALSE;
    MpRtcpReport report = {0};
    mp_media_streams_report(intake->streams, realtime, &report);
    *block = report.blocks[0];
    intake->jitter = block->jitter;
    return report.n_blocks > 0;
}

guint32 mp_loopback_intake_lost(const MpLoopbackIntake *intake)
{
    if (!intake->streams)
        return 0;
    guint32 expected = intake->highest - intake->first + 1;
    return expected > intake->packets ? expected - intake->packets : 0;
}
