/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which ports of a large range to ask about, so that few of them say how many are blocked at most.
 */
#include "model/port_plan.h"

#include "base/splitmix.h"

/* Where rules for media commonly begin and end, and the port on the other side: registered and
 * dynamic ports (RFC 6335 section 6), STUN and TURN (RFC 8489 section 18.6), RTP (RFC 3551 section
 * 8), H.323 and SIP media of the older systems (16384-32767), Linux's and Windows' ephemeral ports,
 * and what large conferencing services document (3478-3481, 8801-8810, 9000, 19302-19309,
 * 50000-50059). */
static const guint16 edges[] = {
    1025,  2048,  3477,  3478,  3479,  3481,  3482,  4999,  5000,  5004,  5060,
    5349,  8801,  8810,  9000,  9999,  10000, 16383, 16384, 16387, 19302, 19309,
    19999, 20000, 24999, 25000, 29999, 30000, 32767, 32768, 39999, 40000, 49151,
    49152, 49999, 50000, 50059, 50060, 59999, 60000, 60999, 61000, 65535,
};

typedef struct {
    guint16 first;
    guint16 last;
    guint8 is_in[G_MAXUINT16 + 1]; /* 2: drawn */
} Draft;

static void name_port(Draft *draft, guint16 port)
{
    if (port >= draft->first && port <= draft->last)
        draft->is_in[port] = MAX(draft->is_in[port], 1);
}

/* One of each part, so that the ports lie nowhere closer or farther than two parts are wide. */
static void draw_all(Draft *draft, guint n_drawn, guint64 random)
{
    const guint n_ports = draft->last - draft->first + 1U;
    const guint n = MIN(n_drawn, n_ports);
    for (guint i = 0; i < n; i++) {
        const guint from = (guint)((guint64)n_ports * i / n);
        const guint size = (guint)((guint64)n_ports * (i + 1) / n) - from;
        const guint place = (guint)((mp_splitmix_next(&random) >> 32) * size >> 32);
        draft->is_in[draft->first + from + place] = 2;
    }
}

GArray *mp_port_plan(guint16 first, guint16 last, guint n_drawn, const guint16 *named,
                     guint n_named, guint64 seed)
{
    g_return_val_if_fail(first <= last, NULL);
    g_autofree Draft *draft = g_new0(Draft, 1);
    draft->first = first;
    draft->last = last;
    for (guint i = 0; i < G_N_ELEMENTS(edges); i++)
        name_port(draft, edges[i]);
    for (guint i = 0; i < n_named; i++)
        name_port(draft, named[i]);
    draw_all(draft, n_drawn, seed);

    GArray *plan = g_array_new(FALSE, FALSE, sizeof(MpPortSample));
    for (guint port = first; port <= last; port++) {
        const MpPortSample sample = {(guint16)port, draft->is_in[port] == 2};
        if (draft->is_in[port])
            g_array_append_val(plan, sample);
    }
    return plan;
}
