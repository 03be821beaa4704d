/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What came in, stream by stream: the continued sequence numbers and the report blocks of RFC 3550
 * section 6.4.1 with the arithmetic of its appendix A.
 */
#pragma once

#include "base/time.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

typedef struct _MpMediaStreams MpMediaStreams;

MpMediaStreams *mp_media_streams_new(void);
void mp_media_streams_free(MpMediaStreams *streams);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaStreams, mp_media_streams_free)

/* Whether a stream that brings nothing is a stream that got lost. */
typedef enum {
    MP_STREAM_IS_STEADY, /* audio, echoes */
    MP_STREAM_IS_CAMERA, /* while video is not paused */
    MP_STREAM_MAY_REST,  /* a screen, retransmissions */
} MpStreamHabit;

typedef struct {
    guint clock_rate; /* Hz */
    MpStreamHabit habit;
} MpStreamNature;

/* One packet that passed SRTP. Returns its continued sequence number. */
guint32 mp_media_streams_receive(MpMediaStreams *streams, const MpRtpHeader *header,
                                 MpStreamNature nature, MpTime arrival);
/* A sender report of the far end: `ssrc` is the one that all its streams are reported under. */
void mp_media_streams_note_sender_report(MpMediaStreams *streams, guint64 ntp_time, MpTime arrival);
/* Fills the blocks of a report, one a stream. */
void mp_media_streams_report(MpMediaStreams *streams, MpTime now, MpRtcpReport *report);
/* Packets lost of those expected since mp_media_streams_restart_loss(), over all streams, 0..100;
 * 100 where one of them fell silent, -1 while nothing was expected. */
double mp_media_streams_loss_percent(const MpMediaStreams *streams);
/* Packets that found this end's own socket full: they are missing, and the network did not lose
 * them. */
void mp_media_streams_note_dropped(MpMediaStreams *streams, guint32 packets);
void mp_media_streams_restart_loss(MpMediaStreams *streams);
/* Whether cameras are paused: then they bring nothing, and are not lost. */
void mp_media_streams_pause_video(MpMediaStreams *streams, gboolean is_paused);
/* Of a stream that came; 0: there is none. */
guint8 mp_media_streams_payload_type(const MpMediaStreams *streams, guint32 ssrc);
/* Other streams take the place of all that came so far, echoes excepted. */
void mp_media_streams_retire(MpMediaStreams *streams, guint32 echo_ssrc);
