/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sending end of repair: what may be sent again, how soon, and how much of it; and how much
 * protection (ULPFEC) goes with the frames, by codec, rate, loss and round trip.
 */
#pragma once

#include "simulator/chromium.h"
#include "simulator/sim_packet.h"
#include "simulator/sim_protection.h"
#include "simulator/sim_setup.h"

typedef struct _MpSimRepair MpSimRepair;

MpSimRepair *mp_sim_repair_new(const MpChromium *chromium, MpSimCodec codec, MpTime start);
void mp_sim_repair_free(MpSimRepair *repair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimRepair, mp_sim_repair_free)

/* A packet left the pacer: video, a retransmission or protection (others: nothing happens). */
void mp_sim_repair_sent(MpSimRepair *repair, MpTime now, const MpSimPacket *packet);
/* The far end asks for it again: TRUE with the retransmission to push. FALSE: gone, waiting in the
 * pacer, sent again less than a round trip ago, or beyond the limit of retransmitted bytes. */
gboolean mp_sim_repair_again(MpSimRepair *repair, MpTime now, guint32 sequence,
                             MpSimPacket *retransmission);
/* `target_bps`: of video with its protection; `loss`: 0 to 1, as the congestion control tells it;
 * `pixels` of the frames that are sent. */
void mp_sim_repair_set(MpSimRepair *repair, MpTime now, double target_bps, double loss,
                       MpTime round_trip, double fps, guint pixels);
/* The frame's packets were pushed: how many protection packets to push after them, in `packets`
 * (often none, as one group may span frames). */
guint mp_sim_repair_protection(MpSimRepair *repair, const MpSimFrame *frame,
                               MpSimPacket packets[MP_SIM_PROTECTION_MOST]);
/* The share of the rate that protection and retransmission take from the encoder, 0 to 0.5. */
double mp_sim_repair_overhead(MpSimRepair *repair, MpTime now);
