/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What would be, were one thing about the path, the computer or the call another.
 */
#pragma once

#include "analysis/call_chances.h"

/* One change. Those with a ladder can be had in part: how much of it is enough? */
typedef struct {
    const char *name;    /* "no_loss", as result.json has it */
    const char *factor;  /* what it takes away: a metric of the profiles or a name of its own */
    MpWhatIf change;     /* wholly */
    MpWhatIf part;       /* NULL: all or nothing. `size` is then the factor's new value */
    gboolean is_setting; /* a user can choose it now */
    guint sessions;      /* bits: 1 << MpSessionType that it means something to */
} MpChange;

/* In the order in which a cause is named where two do the same. */
const MpChange *mp_what_if_changes(guint *count);
/* NULL: there is no such change. */
const MpChange *mp_what_if_find(const char *name);
