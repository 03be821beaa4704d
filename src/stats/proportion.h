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
