/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end tells the other in RTCP: when each packet came (transport-wide feedback), which are
 * asked for again, whether a key frame is; and the memory of both sides that it needs.
 */
#pragma once

#include "simulator/sim_congestion.h"
#include "simulator/sim_packet.h"

/* Packets that either side remembers, a power of two: some ten seconds of a fast call. */
#define MP_SIM_MEMORY 16384
/* Sequences that one NACK names. */
#define MP_SIM_MOST_NACKS 253

typedef struct {
    guint32 first; /* transport sequences that it tells of */
    guint32 end;
    MpTime written;
    gboolean has_report; /* a receiver report is with it */
    gboolean wants_key_frame;
    guint n_nacks;
    guint32 nacks[MP_SIM_MOST_NACKS];
} MpSimFeedback;

/* The sending side's. */
typedef struct {
    struct {
        MpTime sent;
        guint size;
        int probe;
        gboolean is_acked; /* told received: forgotten, as libwebrtc does it */
    } packets[MP_SIM_MEMORY];
} MpSimSentMemory;

/* The receiving side's. */
typedef struct {
    guint32 told;   /* every packet before this one was told of */
    guint32 newest; /* the newest that came, plus one */
    MpTime came[MP_SIM_MEMORY];
} MpSimArrivals;

void mp_sim_sent_remember(MpSimSentMemory *memory, const MpSimPacket *packet);
void mp_sim_arrivals_take(MpSimArrivals *arrivals, MpTime now, guint32 transport_sequence);

/* All that came and was not told yet, with the gaps between. FALSE: nothing is new. */
gboolean mp_sim_feedback_write(MpSimArrivals *arrivals, MpTime now, MpSimFeedback *feedback);
/* What it says of each packet that was not told received before; at most `most`. Returns how many.
 * `round_trip`: of the newest packet and this feedback together. */
guint mp_sim_feedback_read(const MpSimFeedback *feedback, MpSimSentMemory *memory,
                           const MpSimArrivals *arrivals, MpTime now, MpSimReport *reports,
                           guint most, MpTime *round_trip);
