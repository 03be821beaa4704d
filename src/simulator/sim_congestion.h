/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much a browser dares to send: Google's congestion control as Chromium runs it, from what the
 * far end says of each packet (transport-wide feedback). In virtual time; no allocation a packet.
 */
#pragma once

#include "simulator/chromium.h"

/* One packet's fate as feedback tells it, in order of transport_sequence. */
typedef struct {
    guint32 transport_sequence;
    guint
        size; /* of the IP packet, here and below: libwebrtc's estimates have all headers in them */
    MpTime sent;
    MpTime received; /* by the far end's clock; MP_NEVER: lost */
    int probe;       /* cluster; -1: none */
} MpSimReport;

/* A burst that asks whether more would pass. */
typedef struct {
    int cluster; /* from 1 */
    double rate_bps;
    guint least_packets;
    guint least_bytes;
    MpTime span; /* that it should take */
    MpTime step; /* so much of the rate leaves at once */
} MpSimProbe;

typedef struct _MpSimCongestion MpSimCongestion;

/* `most_bps`: what the encoders together can use (probing stops at twice that). `is_screen`: it
 * paces more strictly, and asks for more while the screen rests. */
MpSimCongestion *mp_sim_congestion_new(const MpChromium *chromium, double most_bps,
                                       gboolean is_screen, MpTime start);
void mp_sim_congestion_free(MpSimCongestion *congestion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSimCongestion, mp_sim_congestion_free)

/* Every packet that has a transport sequence, in that order from 0. */
void mp_sim_congestion_sent(MpSimCongestion *congestion, MpTime now, guint size);
/* A feedback came. A packet that was told lost may be told received later. */
void mp_sim_congestion_report(MpSimCongestion *congestion, MpTime now, const MpSimReport *reports,
                              guint n_reports);
/* Of an RTCP receiver report, which tells loss as well: that of the packets reported since the last
 * one. */
void mp_sim_congestion_round_trip(MpSimCongestion *congestion, MpTime now, MpTime round_trip);
/* What the encoders use at most changed: another height, a screen that rests. */
void mp_sim_congestion_set_most(MpSimCongestion *congestion, MpTime now, double most_bps);
MpTime mp_sim_congestion_deadline(const MpSimCongestion *congestion);
void mp_sim_congestion_advance(MpSimCongestion *congestion, MpTime now);

/* getStats' availableOutgoingBitrate: everything with a transport sequence must go with it. */
double mp_sim_congestion_target_bps(const MpSimCongestion *congestion);
double mp_sim_congestion_pacing_bps(const MpSimCongestion *congestion);
double mp_sim_congestion_padding_bps(const MpSimCongestion *congestion);
/* 0 to 1, as the encoders are told for protection. */
double mp_sim_congestion_loss(const MpSimCongestion *congestion);
MpTime mp_sim_congestion_rtt(const MpSimCongestion *congestion);
/* 0 to 1: the share of frames that the encoder leaves out, as too much is in flight. Beyond 0.01 it
 * drops every n-th frame, n the whole part of 1 / share but 2 at least, and aims at that much less
 * (libwebrtc, video/video_stream_encoder.cc). */
double mp_sim_congestion_drop_share(const MpSimCongestion *congestion);
/* How often this end tells the other what it received. */
MpTime mp_sim_congestion_feedback_interval(const MpSimCongestion *congestion);
/* The next burst to send; FALSE: none. Each is told once. */
gboolean mp_sim_congestion_probe(MpSimCongestion *congestion, MpSimProbe *probe);
