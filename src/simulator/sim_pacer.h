/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The order and the pace in which an end's packets leave: audio, retransmissions, video and
 * protection, padding; at the pacing rate, in bursts as libwebrtc sends them; a probe's packets at
 * the probe's rate, padding where there is nothing to send.
 */
#pragma once

#include "simulator/sim_congestion.h"
#include "simulator/sim_packet.h"

typedef struct _MpSimPacer MpSimPacer;

/* `is_screen`: its packets may wait for longer before the rate is raised. */
MpSimPacer *mp_sim_pacer_new(const MpChromium *chromium, gboolean is_screen, MpTime start);
void mp_sim_pacer_free(MpSimPacer *pacer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimPacer, mp_sim_pacer_free)

void mp_sim_pacer_set_rates(MpSimPacer *pacer, MpTime now, double pacing_bps, double padding_bps);
/* Begins with the next packet of video. */
void mp_sim_pacer_probe(MpSimPacer *pacer, MpTime now, const MpSimProbe *probe);
void mp_sim_pacer_push(MpSimPacer *pacer, MpTime now, const MpSimPacket *packet);
/* When the next packet may go; MP_NEVER: nothing waits and nothing is padded. May have passed. */
MpTime mp_sim_pacer_due(const MpSimPacer *pacer);
/* The packet that goes at `now` with `transport_sequence` (one after the other from 0), `sent` and
 * `probe` set; FALSE: none is due. Padding has neither sequence nor frame. */
gboolean mp_sim_pacer_next(MpSimPacer *pacer, MpTime now, MpSimPacket *packet);
/* How long it would take to send all that waits. Encoders pause beyond 2 s (control_handler.cc). */
MpTime mp_sim_pacer_backlog(const MpSimPacer *pacer);
