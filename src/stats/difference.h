/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two things compared that were measured in the same rounds, and how far the difference may be from
 * the true one.
 */
#pragma once

#include <glib.h>

typedef struct {
    double value; /* the first less the second; NAN: nothing to compute it from */
    double low;   /* the true difference lies from here */
    double high;  /* to here, with 95 % confidence */
} MpDifference;

/* Of `n` rounds' values in pairs, by Student's t distribution: what changes from round to round for
 * both alike is no difference. A pair with a NAN is left out; of fewer than two pairs nothing is
 * known. */
MpDifference mp_difference_paired(const double *first, const double *second, gsize n);

/* Of two shares that were counted, by Newcombe's hybrid of Wilson's intervals (1998, method 10). */
MpDifference mp_difference_of_shares(guint hits, guint count, guint other_hits, guint other_count);

/* The interval that both allow for: the wider end at each side. */
MpDifference mp_difference_wider(const MpDifference *a, const MpDifference *b);

/* TRUE: the interval leaves 0 out, and the value is at least `least` away from it. */
gboolean mp_difference_is_real(const MpDifference *difference, double least);
