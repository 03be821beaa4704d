/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One train of packets: when each leaves, and which have come. Pure.
 */
#pragma once

#include "stats/packet_train.h"
#include "wire/capacity_message.h"

/* RTP header and what stands before the padding of a train's packet. */
#define MP_CAPACITY_LEAST_SIZE (12 + MP_CAPACITY_PROBE_LENGTH)
/* With every header that a relay or a tunnel adds it passes where media does. */
#define MP_CAPACITY_MOST_SIZE 1180

/* What one end of a capacity measurement wants sent. */
typedef struct {
    enum { MP_CAPACITY_SENDS_PROBE, MP_CAPACITY_SENDS_ORDER, MP_CAPACITY_SENDS_REPORT } kind;
    union {
        struct {
            MpCapacityProbe probe;
            guint size; /* of the RTP packet before protection */
        };
        MpCapacityOrder order;
        MpCapacityReport report;
    };
} MpCapacityMessage;

/* All zero: no train. */
typedef struct {
    MpCapacityOrder order; /* count 0: none */
    MpTime start;
    guint32 next; /* index of the next packet */
    MpTime held_until;
} MpCapacityTrain;

void mp_capacity_train_start(MpCapacityTrain *train, const MpCapacityOrder *order, MpTime now);
void mp_capacity_train_stop(MpCapacityTrain *train);
gboolean mp_capacity_train_is_over(const MpCapacityTrain *train);
MpTime mp_capacity_train_deadline(const MpCapacityTrain *train);
/* FALSE: none is due. */
gboolean mp_capacity_train_next(MpCapacityTrain *train, MpTime now, MpCapacityMessage *message);
/* The way did not take the packet: it is tried again soon. */
void mp_capacity_train_put_back(MpCapacityTrain *train, MpTime now);

/* What has come of a train. */
typedef struct {
    guint16 train;
    guint32 count;
    guint32 received;
    guint32 dropped;  /* that came, and found our own socket full */
    guint32 highest;  /* index */
    guint64 others;   /* bytes of other packets meanwhile */
    guint stride;     /* of the packets that come every so many-th is kept */
    GArray *arrivals; /* MpTrainArrival */
    MpTime latest;    /* now, when the last one was noted */
    MpTime least_delay;
    MpTime delay; /* of the last one above the least */
} MpCapacityArrivals;

void mp_capacity_arrivals_init(MpCapacityArrivals *arrivals);
void mp_capacity_arrivals_clear(MpCapacityArrivals *arrivals);
/* Forgets what was, and takes packets of that train from now on. */
void mp_capacity_arrivals_expect(MpCapacityArrivals *arrivals, guint16 train, guint32 count);
void mp_capacity_arrivals_take(MpCapacityArrivals *arrivals, const MpCapacityProbe *probe,
                               MpTime came, MpTime now);
void mp_capacity_arrivals_report(const MpCapacityArrivals *arrivals, MpCapacityReport *report);
