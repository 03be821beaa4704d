/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A camera of constant rate over a link in virtual time: frames, packets, protection and
 * retransmissions one way, requests the other.
 */
#pragma once

#include "model/link.h"
#include "simulator/sim_repair.h"
#include "simulator/sim_video_receiver.h"

typedef struct {
    MpSimCodec codec;
    double fps;
    double rate_bps;
    guint pixels;
    const MpLink *link; /* media goes up, requests come down */
    gboolean is_receiver_offerer;
    guint64 seed;
    MpTime span;
} PlayoutSetup;

/* 1.5 Mbps, 30 pictures of 640x480 a second, for five minutes. */
PlayoutSetup playout_setup(MpSimCodec codec, const MpLink *link);

typedef struct {
    MpSimVideoCounters counters;
    guint n_frames;          /* encoded */
    guint n_packets;         /* of media */
    guint n_lost;            /* of them */
    guint n_retransmissions; /* sent */
    guint n_protection;      /* sent */
    guint n_events;          /* of the receiver: packets and deadlines */
    double freezes_per_min;
    double frozen_percent;
    double delay_ms;         /* mean, from capture to display */
    double jitter_buffer_ms; /* mean */
    double decoded_percent;  /* of the frames that were encoded */
} PlayoutResult;

PlayoutResult playout_run(const PlayoutSetup *setup);
