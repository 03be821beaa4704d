/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of each port on a TTL walk, and which port is best asked next: first a grid, then
 * the boundaries between ports that differ, halved, then the widest gaps between those that agree.
 */
#pragma once

#include "session/ttl_walk.h"

typedef struct {
    guint16 first;
    guint16 last;
    guint floor;                     /* TTL from which on an answer proves that a port gets out */
    guint8 passed[G_MAXUINT16 + 1];  /* the farthest hop that answered for it */
    guint8 refused[G_MAXUINT16 + 1]; /* 1 + TTL of the hop that says no; 0: none does */
    guint8 silent[G_MAXUINT16 + 1];  /* times that nothing came, and a control's answer did */
    guint8 silent_ttl[G_MAXUINT16 + 1]; /* the nearest hop that was so silent */
    guint8 tries[G_MAXUINT16 + 1];
    guint8 in_flight[G_MAXUINT16 + 1];
    guint silences_needed; /* before a port counts as silent */
    GArray *asked;         /* guint16, sorted */
    guint next_grid;
    guint n_passed;    /* ports that a hop answered for */
    guint n_surprises; /* of them, those that were silent before: loss, or a limit */
} MpTtlPorts;

MpTtlPorts *mp_ttl_ports_new(guint16 first, guint16 last);
void mp_ttl_ports_free(MpTtlPorts *ports);

MpTtlVerdict mp_ttl_ports_verdict(const MpTtlPorts *ports, guint16 port);

/* The next port worth a question to the hop at `ttl` that will cost its hop no more answers than
 * `budget`, as far as can be guessed; it is marked as in flight and the budget shrinks. FALSE:
 * there is none, now. */
gboolean mp_ttl_ports_next(MpTtlPorts *ports, guint ttl, guint16 *port, double *budget);
/* Every port of the grid was asked once. */
gboolean mp_ttl_ports_has_grid(const MpTtlPorts *ports);
/* TRUE: nothing is left to ask, and nothing is in flight. */
gboolean mp_ttl_ports_is_done(MpTtlPorts *ports);

/* One that was asked on another occasion, and may be asked again. */
void mp_ttl_ports_add(MpTtlPorts *ports, guint16 port);
void mp_ttl_ports_pass(MpTtlPorts *ports, guint16 port, guint ttl);
void mp_ttl_ports_refuse(MpTtlPorts *ports, guint16 port, guint ttl);
/* Its question to that hop is over; `is_silent`: nothing came though it should have, had the port
 * been open. */
void mp_ttl_ports_end(MpTtlPorts *ports, guint16 port, guint ttl, gboolean is_silent);

/* At the end: ports that were asked without an answer or a silence that counts are as if they had
 * not been; so are those silent once between two that are blocked. */
void mp_ttl_ports_drop_undecided(MpTtlPorts *ports);

/* Ports between two neighbours that were asked and agree; 0 where they do not, or one is unknown.
 * `index` is of the lower one. */
guint mp_ttl_ports_gap(const MpTtlPorts *ports, guint index);
/* The widest gap that a whole walk leaves. */
guint mp_ttl_ports_grid(const MpTtlPorts *ports);
