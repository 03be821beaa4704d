/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One end of a simulated call: what it sends, and what it makes of what comes.
 */
#pragma once

#include "simulator/sim_audio.h"
#include "simulator/sim_encoder.h"
#include "simulator/sim_feedback.h"
#include "simulator/sim_pacer.h"
#include "simulator/sim_repair.h"
#include "simulator/sim_rtcp.h"
#include "simulator/sim_tally.h"
#include "simulator/sim_video_receiver.h"

/* What may happen next at an end, in the order in which it does at one moment. */
typedef enum {
    MP_SIM_DUE_ENCODER,
    MP_SIM_DUE_AUDIO,
    MP_SIM_DUE_CONGESTION,
    MP_SIM_DUE_PACER,
    MP_SIM_DUE_VIDEO,
    MP_SIM_DUE_FEEDBACK,
    MP_SIM_DUE_REPORT,
    MP_SIM_DUE_SECOND,
} MpSimDue;

#define MP_N_SIM_DUES (MP_SIM_DUE_SECOND + 1)

/* Sends to the other end; `feedback` NULL: media. */
typedef void (*MpSimSend)(gpointer user_data, MpTime now, const MpSimPacket *packet,
                          const MpSimFeedback *feedback);

typedef struct _MpSimEnd {
    const MpChromium *chromium;
    MpSimSetup setup;
    MpSimSend send;
    gpointer user_data;
    MpTime due[MP_N_SIM_DUES];
    struct _MpSimEnd *other;

    MpSimEncoder *encoder;
    MpSimCongestion *congestion;
    MpSimPacer *pacer;
    MpSimRepair *repair;
    GArray *frames; /* MpSimFrame, its own */
    guint32 next_video;
    guint32 next_audio;
    double most_bps; /* as the congestion control was told last */
    MpSimSentMemory *sent;

    MpSimVideoReceiver *video;
    MpSimAudioReceiver *audio;
    MpSimArrivals *arrivals;
    MpSimRtcp rtcp;
    MpTime round_trip;      /* of the latest packet that was told of; 0: none yet */
    GArray *nacks;          /* guint32 */
    MpSimFeedback feedback; /* that is being written */
    MpSimTally tally;       /* of what it saw of the other */
} MpSimEnd;

/* `is_offerer`: it made the offer; `seed`: of its content. Then mp_sim_end_join() both. */
MpSimEnd *mp_sim_end_new(const MpChromium *chromium, const MpSimSetup *setup, gboolean is_offerer,
                         guint64 seed, MpSimSend send, gpointer user_data);
void mp_sim_end_free(MpSimEnd *end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimEnd, mp_sim_end_free)
void mp_sim_ends_join(MpSimEnd *one, MpSimEnd *other);

/* When something happens next here. */
MpTime mp_sim_end_deadline(const MpSimEnd *end);
void mp_sim_end_advance(MpSimEnd *end, MpTime now);
/* What the other end sent. */
void mp_sim_end_take(MpSimEnd *end, MpTime now, const MpSimPacket *packet,
                     const MpSimFeedback *feedback);
