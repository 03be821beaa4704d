/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What came under one SSRC of a far end that is looped back: its counts, and the report on it.
 */
#pragma once

#include "session/media_streams.h"

typedef struct {
    guint32 ssrc;
    guint32 packets;
    guint64 payload_bytes; /* without headers and padding, as getStats counts them */
    guint32 padding;       /* packets without payload: probes for bandwidth */
    guint32 first;         /* continued sequence numbers */
    guint32 highest;
    guint32 reordered;      /* came after a higher number */
    guint32 jitter;         /* of our last report, timestamp units */
    guint32 sender_packets; /* of the far end's last sender report */
    MpTime report_arrival;  /* of that, CLOCK_REALTIME; 0: none came */
    guint32 report_timestamp;
    MpMediaStreams *streams;
} MpLoopbackIntake;

void mp_loopback_intake_clear(MpLoopbackIntake *intake);

/* FALSE: another SSRC than the one that began; the first one stays. */
gboolean mp_loopback_intake_take(MpLoopbackIntake *intake, const MpRtpHeader *header,
                                 gsize payload_length, guint clock_rate, MpTime arrival);
void mp_loopback_intake_note_report(MpLoopbackIntake *intake, const MpRtcpReport *report,
                                    MpTime arrival);
/* FALSE: nothing came. */
gboolean mp_loopback_intake_block(MpLoopbackIntake *intake, MpTime realtime, MpRtcpBlock *block);
/* Packets that are missing of those that should have come, by their numbers. */
guint32 mp_loopback_intake_lost(const MpLoopbackIntake *intake);
