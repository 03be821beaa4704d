/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Audio of a call: Opus packets every 20 ms, and NetEq at the far end, whose delay follows the
 * jitter and which makes up what has not come. In virtual time.
 */
#pragma once

#include "simulator/chromium.h"
#include "simulator/sim_packet.h"

typedef struct _MpSimAudioReceiver MpSimAudioReceiver;

MpSimAudioReceiver *mp_sim_audio_receiver_new(const MpChromium *chromium, MpTime start);
void mp_sim_audio_receiver_free(MpSimAudioReceiver *receiver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimAudioReceiver, mp_sim_audio_receiver_free)

/* Audio packet `sequence` was captured 20 ms times its number after the call's start. `has_repair`:
 * it carries the one before it (Opus in-band FEC). */
void mp_sim_audio_receiver_take(MpSimAudioReceiver *receiver, MpTime now, guint32 sequence,
                                gboolean has_repair);
/* Plays until `now`. */
void mp_sim_audio_receiver_advance(MpSimAudioReceiver *receiver, MpTime now);
/* Milliseconds of sound played, and of these made up without having faded to silence (getStats'
 * concealedSamples less silentConcealedSamples), until now. */
void mp_sim_audio_receiver_counters(const MpSimAudioReceiver *receiver, double *played_ms,
                                    double *concealed_ms);

/* Whether the encoder adds in-band FEC to this packet at this loss (0 to 1). */
gboolean mp_sim_audio_adds_repair(const MpChromium *chromium, double loss, guint32 sequence);
