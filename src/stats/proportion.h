/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far a share that was counted may be from the true one.
 */
#pragma once

#include <glib.h>

typedef struct {
    double share; /* 0 to 1; NAN: nothing was counted */
    double low;   /* the true share lies from here */
    double high;  /* to here, with 95 % confidence */
} MpProportion;

/* `hits` of `count`, by Wilson's score interval (1927): good for few counts and for none of them.
 */
MpProportion mp_proportion(guint hits, guint count);

/* The least upper bound of the true share with 95 % confidence, one-sided: Clopper and Pearson
 * (1934), exact for any count. `hits` of 0: about 3 / count, the "rule of three". NAN: nothing was
 * counted. */
double mp_proportion_upper(guint hits, guint count);

/* `hits` of `count` that came in `runs` runs, in order: where hits follow hits, a trace tells less
 * than its length. Wilson's interval for as many independent draws as carry the same information by
 * the chain of two states (Gilbert 1960) that the runs show. */
MpProportion mp_proportion_in_runs(guint hits, guint runs, guint count);
