/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What two ends of a call tell each other while they measure capacity: the payload of a train's
 * packet, and, in RTCP APP packets (RFC 3550 section 6.7), which train to send and what of a train
 * has come. docs/RESPONDER.md has the format.
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

/* The name of the APP packets. */
#define MP_CAPACITY_APP "MPCP"
/* Their subtypes. */
#define MP_CAPACITY_ORDER 1
#define MP_CAPACITY_REPORT 2

/* At the start of a train packet's payload. */
typedef struct {
    guint16 train;
    guint32 index; /* in the train */
    guint32 count; /* of packets in the train */
    MpTime sent;   /* the sender's clock, any epoch */
} MpCapacityProbe;

#define MP_CAPACITY_PROBE_LENGTH 20

typedef struct {
    guint16 train;
    guint16 size;        /* of each RTP packet before protection, bytes */
    guint32 count;       /* 0: send no more of that train */
    guint32 interval_ns; /* from one packet to the next */
} MpCapacityOrder;

#define MP_CAPACITY_MOST_ARRIVALS 112

typedef struct {
    guint32 index;  /* below 2^24, as the next */
    guint32 before; /* packets of the train that had come before it */
    MpTime came;    /* the receiver's clock; told to 100 ns, within 429 s of the first */
} MpCapacityArrival;

/* Everything so far: a report that is lost is made good by the next. */
typedef struct {
    guint16 train;
    guint32 received; /* packets; the arrivals are those of every so many-th of them */
    guint8 dropped;   /* that came, and found the receiver's own socket full; 255: or more */
    guint n_arrivals;
    MpCapacityArrival arrivals[MP_CAPACITY_MOST_ARRIVALS];
} MpCapacityReport;

void mp_capacity_probe_write(MpWriter *writer, const MpCapacityProbe *probe);
void mp_capacity_order_write(MpWriter *writer, const MpCapacityOrder *order);
/* The first arrival must be the earliest. A multiple of four bytes, as APP packets have it. */
void mp_capacity_report_write(MpWriter *writer, const MpCapacityReport *report);

/* FALSE: it is none. */
gboolean mp_capacity_probe_parse(MpBytes payload, MpCapacityProbe *probe);
gboolean mp_capacity_order_parse(MpBytes body, MpCapacityOrder *order);
gboolean mp_capacity_report_parse(MpBytes body, MpCapacityReport *report);
