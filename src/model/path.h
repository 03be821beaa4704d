/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One way to the far end as it was measured. Every number is optional: NAN means not measured.
 */
#pragma once

#include "model/comparison.h"
#include "model/forecast.h"
#include "model/measurement.h"
#include "model/path_model.h"
#include "model/session_type.h"
#include "model/way.h"

typedef enum { MP_USABLE_YES, MP_USABLE_NO, MP_USABLE_UNKNOWN } MpUsable;

/* One direction of media. */
typedef struct {
    double packets_sent;
    double packets_received;
    double loss_percent;
    double unexplained_lost; /* packets lost that the tester's own sockets did not drop */
    double burst_length;     /* mean length of loss runs, packets; RFC 3357 */
    double pdv_p95_ms;       /* RFC 5481 section 4.2 */
    double jitter_ms;        /* RFC 3550 section 6.4.1 */
    double reorder_percent;
    double throughput_kbps; /* of what arrived, IP payload */
    double offered_kbps;
    double capacity_kbps; /* what the way carries, of IP packets (RFC 5136 section 2.3.2) */
    double capacity_low_kbps;
    double capacity_high_kbps; /* NAN beside a capacity: there may be any amount more */
    double tester_error_ms;    /* bound of the tester's own timing error on the figures above */
} MpDirection;

typedef struct _MpPath {
    MpWay way;
    char *server;    /* TURN URI; NULL for direct */
    MpUsable usable; /* protected media flowed both ways */
    double setup_ms; /* from the first packet to the first protected media packet */
    double rtt_min_ms, rtt_p50_ms, rtt_p95_ms, rtt_p99_ms, rtt_max_ms;
    MpDirection up;
    MpDirection down;
    gboolean is_cut;  /* media stopped for good while it was still sent */
    char *tier;       /* best video tier that was carried; NULL: none measured */
    double tier_kbps; /* its video rate */
    double tier_height;
    MpForecast *forecasts[MP_N_SESSION_TYPES];    /* on this way; NULL: none */
    struct _MpPath *sessions[MP_N_SESSION_TYPES]; /* figures of other kinds; NULL: not asked for */
    gboolean is_cut_short;          /* of such a kind: its figures are of less than was wanted */
    double background_frame_p95_ms; /* of such a kind: a background's work beside the call */
    /* double: the round trip to the relay in each round that the ways took together; NAN: no answer
     * within it. Empty: this way was not compared. */
    GArray *rounds_ms;
    guint rounds_ways;       /* how many took part */
    GArray *turns;           /* MpTurn: at media, of the tier above; empty: none in turn */
    MpComparison comparison; /* by them */
    MpPathModel *model;      /* of its packets, by its latest call; NULL: none were recorded */
    GPtrArray *measurements; /* MpMeasurement*, lent: the evidence, in stage order */
} MpPath;

MpPath *mp_path_new(MpWay way);
/* It is known for both directions. */
gboolean mp_path_has_capacity(const MpPath *path);
void mp_path_free(MpPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPath, mp_path_free)
