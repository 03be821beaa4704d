/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the path model's fit share: one direction's packets and what has been found
 * about them so far. The parts go in this order: outages, bottleneck, queue, jitter, loss.
 */
#pragma once

#include "model/measurement.h"
#include "model/path_model.h"

typedef enum {
    MP_FIT_ARRIVED,
    MP_FIT_LOST,
    MP_FIT_UNSEEN, /* it came, but not to the program: when is not known */
} MpFitFate;

typedef struct {
    double sent_ms;  /* since the first packet */
    double delay_ms; /* one way; NAN: it did not arrive */
    double bytes;    /* of the IP packet */
    double wait_ms;  /* of the delay, at the bottleneck: for those before it and for itself */
    MpFitFate fate;
    gboolean is_in_outage; /* its delay or its loss is the outage's */
    gboolean is_crowded;   /* it met a queue that was full or nearly so, or an empty bucket */
} MpFitPacket;

/* In the clock of sent_ms; nothing left the bottleneck between. */
typedef struct {
    double from_ms;
    double to_ms;
    MpOutageType type;
} MpFitOutage;

/* What the trains after the media said. */
typedef enum { MP_FIT_NOT_ASKED, MP_FIT_UNHINDERED, MP_FIT_QUEUED, MP_FIT_POLICED } MpFitLimiter;

typedef struct {
    MpFitPacket *packets; /* by sent_ms */
    guint n_packets;
    double span_ms;
    MpFitLimiter limiter;
    double capacity_low, capacity, capacity_high; /* kbps, 95 %; NAN: not known */
    double bucket_bytes;
    GArray *outages; /* MpFitOutage, in order */
    double base_ms;  /* what a packet takes that waits for none, where a bottleneck was met */
    MpPathSide *side;
} MpFit;

void mp_path_fit_outages(MpFit *fit);
void mp_path_fit_bottleneck(MpFit *fit);
void mp_path_fit_queue(MpFit *fit);
void mp_path_fit_jitter(MpFit *fit);
void mp_path_fit_loss(MpFit *fit);

/* How long the packet waits for those before it at the bottleneck that was found; 0: none was. */
double mp_path_fit_wait_before(const MpFit *fit, const MpFitPacket *packet);
