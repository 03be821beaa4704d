/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which UDP ports of a path get through, who keeps the others, and how sure that is.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "base/time.h"

typedef enum {
    MP_PORT_UNKNOWN,     /* not asked, or the answers do not decide */
    MP_PORT_OPEN,        /* a datagram went there and its answer came back */
    MP_PORT_BLOCKED,     /* nothing came back; which direction is closed is not known */
    MP_PORT_BLOCKED_OUT, /* the far end never saw what was sent */
    MP_PORT_BLOCKED_IN,  /* the far end saw it, its answers were lost */
} MpPortState;

#define MP_N_PORT_STATES (MP_PORT_BLOCKED_IN + 1)

/* How the map was made. */
typedef enum {
    MP_PORT_METHOD_FAR_END, /* every port asked, a responder answered */
    MP_PORT_METHOD_RELAY,   /* datagrams to ports that a TURN server allocated */
    MP_PORT_METHOD_WALK,    /* ICMP errors of routers on the way, no far end */
} MpPortMethod;

#define MP_N_PORT_METHODS (MP_PORT_METHOD_WALK + 1)

typedef struct {
    guint16 first;
    guint16 last;
    MpPortState state;
} MpPortRun;

typedef struct {
    MpPortMethod method;
    guint16 first; /* of the ports asked about */
    guint16 last;
    guint8 states[G_MAXUINT16 + 1]; /* MpPortState by port; UNKNOWN outside first..last */
    guint n_asked;                  /* ports that a datagram of ours was sent to */
    guint64 n_sent;                 /* datagrams */
    guint64 sent_bytes;             /* of IP packets */
    MpTime took;
    double wrong_bound;   /* probability that the state of any port is wrong; NAN: not known */
    double blocked_bound; /* where a sample was asked: greatest share of all ports that is
                           * blocked, 0..1, at 95 %; NAN where every port was asked */
    guint widest_gap;    /* where ports between two that agree are taken to agree: the most that lie
                          * between such; a smaller hole may be missed. 0: each has its own answer */
    double loss_percent; /* of the path itself, on ports that are open; NAN: not known */
    gboolean is_cut_short; /* time, budget or the user ended it before its end */
    gboolean is_sample;    /* what lies between the ports with a state was not asked about */
} MpPortMap;

MpPortMap *mp_port_map_new(MpPortMethod method, guint16 first, guint16 last);
void mp_port_map_free(MpPortMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPortMap, mp_port_map_free)

/* Runs of ports of one state from first to last, without a gap. Of a sample, what lies between two
 * ports that agree belongs to their run: a hole there may be missed. Free with g_array_unref(). */
GArray *mp_port_map_runs(const MpPortMap *map);
guint mp_port_map_count(const MpPortMap *map, MpPortState state);

/* "open", "blocked", "blocked_out", "blocked_in", "unknown". */
const char *mp_port_state_name(MpPortState state);
gboolean mp_port_state_parse(MpPortState *state, const char *name);
/* "far_end", "relay", "walk". */
const char *mp_port_method_name(MpPortMethod method);
gboolean mp_port_method_parse(MpPortMethod *method, const char *name);

/* The map as facts of a measurement and back: {method, first, last, ranges [{first, last, state}],
 * ports_asked, probes_sent, sent_bytes, seconds, wrong_bound_percent?, blocked_bound_percent?,
 * widest_gap?, loss_percent?, is_cut_short?}, and of a sample {is_sample, sampled_ports [port]}:
 * its ranges are those of mp_port_map_runs(). NULL where the facts hold no such map. */
void mp_port_map_write(const MpPortMap *map, JsonObject *facts);
MpPortMap *mp_port_map_read(JsonObject *facts);
