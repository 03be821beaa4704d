/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The receiving end of video: gaps and NACKs, recovery by retransmission and protection, frames put
 * together, the jitter buffer's delay, decoding in order, freezes. In virtual time.
 */
#pragma once

#include "simulator/chromium.h"
#include "simulator/sim_packet.h"

/* A frame that was shown. */
typedef struct {
    guint32 number;
    MpTime captured;
    MpTime decoded;  /* libwebrtc counts freezes by this */
    MpTime rendered; /* and a viewer sees it now */
} MpSimShown;

/* As getStats counts them. */
typedef struct {
    guint frames_decoded;
    guint key_frames_decoded;
    guint frames_dropped;
    guint freezes;
    MpTime frozen;
    guint pauses;
    MpTime paused;
    MpTime jitter_buffer_delay; /* sum over the frames decoded */
    guint64 nacks;              /* packets asked for */
    guint64 repaired;           /* of them that came again in time to matter */
    guint64 recovered;          /* packets made of protection */
    guint plis;
} MpSimVideoCounters;

typedef struct _MpSimVideoReceiver MpSimVideoReceiver;

/* `frames`: MpSimFrame, the sender's, by number: all that a packet names are in it when it comes.
 * Lent, and may grow meanwhile. */
MpSimVideoReceiver *mp_sim_video_receiver_new(const MpChromium *chromium, const GArray *frames,
                                              MpTime start);
void mp_sim_video_receiver_free(MpSimVideoReceiver *receiver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimVideoReceiver, mp_sim_video_receiver_free)

/* Video, retransmission, protection or padding. */
void mp_sim_video_receiver_take(MpSimVideoReceiver *receiver, MpTime now,
                                const MpSimPacket *packet);
/* Each time that RTCP tells one. */
void mp_sim_video_receiver_round_trip(MpSimVideoReceiver *receiver, MpTime round_trip);
MpTime mp_sim_video_receiver_deadline(const MpSimVideoReceiver *receiver);
void mp_sim_video_receiver_advance(MpSimVideoReceiver *receiver, MpTime now);

/* Sequences (guint32) to ask for again now: appended. FALSE: none. */
gboolean mp_sim_video_receiver_nacks(MpSimVideoReceiver *receiver, MpTime now, GArray *sequences);
/* Whether a key frame must be asked for now (PLI); told once each time. */
gboolean mp_sim_video_receiver_wants_key_frame(MpSimVideoReceiver *receiver, MpTime now);
/* The next frame shown since the last call, in order; FALSE: none. The latest 128 are kept. */
gboolean mp_sim_video_receiver_shown(MpSimVideoReceiver *receiver, MpSimShown *shown);
MpSimVideoCounters mp_sim_video_receiver_counters(const MpSimVideoReceiver *receiver);
