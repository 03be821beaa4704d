/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call whose media goes back to where it came from (the mirror of RFC 6849, without its SDP):
 * what a browser needs to measure both directions with real frames. Packets in, packets and
 * reports out; reads no clock.
 */
#pragma once

#include "session/loopback_stream.h"

/* One audio and one video section. */
#define MP_LOOPBACK_MOST 2

typedef struct _MpMediaLoopback MpMediaLoopback;

typedef struct {
    guint n_formats;
    MpLoopbackFormat formats[MP_LOOPBACK_MOST];
} MpLoopbackConfig;

/* A packet of ours that is to be protected in place: RTP with its header, or RTCP with NULL. The
 * buffer has MP_SRTP_MAX_GROWTH bytes more. */
typedef void (*MpLoopbackEmit)(guint8 *packet, gsize length, const MpRtpHeader *header,
                               gpointer user_data);

MpMediaLoopback *mp_media_loopback_new(const MpLoopbackConfig *config, MpLoopbackEmit emit,
                                       gpointer user_data);
void mp_media_loopback_free(MpMediaLoopback *loopback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaLoopback, mp_media_loopback_free)

/* From here on there are keys to send with. */
void mp_media_loopback_start(MpMediaLoopback *loopback, MpTime now);
/* Sends nothing back any more; what comes is still counted and reported on. */
void mp_media_loopback_stop(MpMediaLoopback *loopback);

/* A packet freed from SRTP, from its first byte; `payload` as mp_rtp_parse() lends it. `arrival` is
 * CLOCK_REALTIME. */
void mp_media_loopback_take_rtp(MpMediaLoopback *loopback, const guint8 *packet,
                                const MpRtpHeader *header, MpBytes payload, MpTime arrival,
                                MpTime now);
void mp_media_loopback_take_rtcp(MpMediaLoopback *loopback, const guint8 *data, gsize length,
                                 MpTime arrival, MpTime now);

MpTime mp_media_loopback_deadline(const MpMediaLoopback *loopback);
void mp_media_loopback_advance(MpMediaLoopback *loopback, MpTime now, MpTime realtime);

guint mp_media_loopback_n_streams(const MpMediaLoopback *loopback);
/* Lent. */
const MpLoopbackStream *mp_media_loopback_stream(const MpMediaLoopback *loopback, guint i);
