/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which ports of a large range to ask about, so that few of them say how many are blocked at most.
 */
#pragma once

#include <glib.h>

typedef struct {
    guint16 port;
    gboolean is_drawn; /* by lot: what it shows says something about those that were not asked */
} MpPortSample;

/* MpPortSample, ascending, each port once: one drawn from each of `n_drawn` equal parts of the
 * range, the `n_named` ports of `named` and those at which rules of firewalls commonly begin and
 * end. Of a small range every port. One seed, one plan. Free with g_array_unref(). */
GArray *mp_port_plan(guint16 first, guint16 last, guint n_drawn, const guint16 *named,
                     guint n_named, guint64 seed);
