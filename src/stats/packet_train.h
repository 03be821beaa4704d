/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a train of packets of one size tells of the way that it went: how fast it was let through,
 * whether it filled a queue, and how much passed at once before the way held it to its rate.
 */
#pragma once

#include "base/time.h"

typedef struct {
    guint32 index;  /* of the packet in its train, from 0 */
    guint32 before; /* packets of the train that had come before it */
    MpTime sent;    /* the sender's clock */
    MpTime came;    /* the receiver's clock */
    guint64 others; /* bytes of other packets that came on the way since the train's first */
} MpTrainArrival;

typedef struct {
    guint size;     /* bytes of each packet, with all headers that count */
    guint sent;     /* packets that left */
    guint received; /* packets that came */
    /* Of the packets that came the first and every so many-th after it, in any order. */
    const MpTrainArrival *arrivals;
    gsize n_arrivals;
} MpPacketTrain;

/* NAN: there was nothing to compute it from. */
typedef struct {
    double sent_bps; /* of what left */
    double rate_bps; /* of what came, after the first burst that passed at a higher rate; infinite,
                      * as is the error, where jitter hides it */
    double error;    /* of rate_bps, one standard deviation, relative */
    double loss;     /* 0 to 1, of the whole train */
    double packets;  /* of which it is */
    double grown_ms; /* by how much the last quarter was later than the first one */
    double grown_error_ms; /* one standard deviation of that */
    double burst_bytes;    /* what passed ahead of rate_bps; 0: nothing did */
    double late_loss;      /* 0 to 1, of what was sent after the burst */
    double late_packets;   /* of which it is */
    double clear_bytes;    /* that went before heavy loss set in; 0: it did not */
    double clear_ms;       /* for how long */
} MpTrainFigures;

MpTrainFigures mp_packet_train_figures(const MpPacketTrain *train);

/* The middle of the values where they lie densest: of all intervals with half of the values or
 * more the one with the greatest square of their number by its width, and their mean. `ascending`;
 * NAN when n is 0. */
double mp_densest_mean(const double *ascending, gsize n);
