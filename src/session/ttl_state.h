/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of a TTL walk, shared by the files that make it up: finding the edge (trace), asking
 * ports at the hops behind it (batches), and the whole.
 */
#pragma once

#include "session/ttl_lane.h"
#include "session/ttl_ports.h"
#include "session/ttl_walk.h"

#define MP_TTL_BATCH 24

/* Questions to one hop, sent together, most often with the control behind them: where the answer to
 * a later one comes, the hop had an answer left for each before it. */
typedef struct {
    gboolean is_busy;
    guint series;         /* the next batch has the next one */
    gboolean is_locating; /* one blocked port, at a hop before the floor */
    gboolean has_control;
    guint16 ports[MP_TTL_BATCH];
    gboolean is_answered[MP_TTL_BATCH];
    guint n;
    gboolean is_control_answered;
    MpTime sent;
    MpTime deadline;
} MpTtlBatch;

/* A port that some router called unreachable while it was not known yet how far others come. */
typedef struct {
    guint16 port;
    guint ttl;
} MpTtlFinal;

#define MP_TTL_TCP_PORTS 2

typedef struct {
    guint round;                         /* other ports, the next target */
    gboolean is_tcp;                     /* after all rounds: no UDP port came beyond the edge */
    guint8 tcp_passed[MP_TTL_TCP_PORTS]; /* the farthest hop that answered for it */
    guint step;                          /* the next few TTLs */
    guint end; /* TTL at which the target itself answers; 0: it does not */
    MpTime sent;
    MpTime deadline;
    GArray *finals; /* MpTtlFinal */
} MpTtlTrace;

typedef enum { MP_TTL_TRACING, MP_TTL_MAPPING, MP_TTL_OVER } MpTtlStage;

struct _MpTtlWalk {
    MpAddress *targets;
    guint n_targets;
    MpTime until;
    MpTtlStage stage;
    MpTtlPorts *ports;
    MpTtlTrace trace;
    MpTtlLane lanes[MP_TTL_MOST + 1];
    MpTtlBatch batches[MP_TTL_MOST + 1];
    gboolean is_plain[MP_TTL_MOST + 1];  /* the hop answered all of its last batch */
    guint16 locating;                    /* a blocked port whose hop is looked for; 0: none */
    guint8 locate_left[MP_TTL_MOST + 1]; /* questions still to ask about it, by TTL */
    guint8 is_located[G_MAXUINT16 + 1];
    guint n_located;
    GArray *outbox; /* MpTtlProbe */
    guint outbox_sent;
    MpTime next; /* MP_TTL_MAPPING: something is due */
    MpTtlFacts facts;
};

/* Puts a datagram, or a SYN, into the outbox. */
void mp_ttl_walk_send(MpTtlWalk *walk, guint ttl, guint16 port, gboolean is_tcp);

/* Begins; carries on at its deadline. The stage is another when it is done. */
void mp_ttl_trace_begin(MpTtlWalk *walk, MpTime now);
void mp_ttl_trace_advance(MpTtlWalk *walk, MpTime now);
/* A hop answered for a TCP port. */
void mp_ttl_trace_pass_tcp(MpTtlWalk *walk, guint16 port, guint ttl);

/* Sends what the hops have answers for, ends what is due. */
void mp_ttl_batch_advance_all(MpTtlWalk *walk, MpTime now);
MpTime mp_ttl_batch_deadline(MpTtlWalk *walk, MpTime now);
/* It came. */
void mp_ttl_batch_note(MpTtlWalk *walk, const MpTtlAnswer *answer, MpTime now);
