/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a camera or a screen, its encoder, and for a virtual background its pipeline make of a rate:
 * which frames, when, how large, how high, how blocky. In virtual time.
 */
#pragma once

#include "base/splitmix.h"
#include "simulator/chromium.h"
#include "simulator/sim_packet.h"
#include "simulator/sim_setup.h"

typedef struct _MpSimEncoder MpSimEncoder;

/* `seed`: of the content. */
MpSimEncoder *mp_sim_encoder_new(const MpChromium *chromium, const MpSimSetup *setup, guint64 seed,
                                 MpTime start);
void mp_sim_encoder_free(MpSimEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimEncoder, mp_sim_encoder_free)

/* The share of the target that is video's (audio and protection taken off), of which it uses no
 * less than its least rate, be there nothing left (call/bitrate_allocator.cc, LowRateAllocation);
 * and how long the pacer would take for what waits: too long, and it pauses. */
void mp_sim_encoder_set_rate(MpSimEncoder *encoder, double video_bps, MpTime backlog);
/* What the link would carry of video, if its encoder could use all of it: room for frames of uneven
 * sizes. Without it there is none. */
void mp_sim_encoder_set_link(MpSimEncoder *encoder, double link_bps);
/* As mp_sim_congestion_drop_share() says it: of what is in flight too much, so many frames are left
 * out. */
void mp_sim_encoder_set_drop_share(MpSimEncoder *encoder, double share);
void mp_sim_encoder_want_key_frame(MpSimEncoder *encoder);
MpTime mp_sim_encoder_deadline(const MpSimEncoder *encoder);
/* The frame that is ready at `now`; `number`, `bytes`, `height`, `qp`, `is_key`, `captured` and
 * `encoded` are set, packets are the caller's. FALSE: none is. */
gboolean mp_sim_encoder_take(MpSimEncoder *encoder, MpTime now, MpSimFrame *frame);
/* The most that it can use at its present height, bit/s. */
double mp_sim_encoder_most_bps(const MpSimEncoder *encoder);
/* Pictures that its source took (getStats' media-source frames) until now. */
guint mp_sim_encoder_source_frames(const MpSimEncoder *encoder);
/* How long until now the processor, not the network, limited its encoder (getStats'
 * qualityLimitationDurations): a pipeline in front of it does not count. */
MpTime mp_sim_encoder_cpu_limited(const MpSimEncoder *encoder);
