/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much longer than the delay a packet takes. A Gaussian that drifts as an Ornstein-Uhlenbeck
 * process says how unusual the moment is; the distribution says how long that is.
 */
#pragma once

#include "link/link_random.h"
#include "model/link.h"

typedef struct {
    gboolean has_begun;
    guint64 number; /* of the latest packet */
    MpTime at;      /* when it came */
    double level;   /* its value of the process: standard normal in the long run */
} MpLinkJitterState;

/* For packet `number` that comes at `now`; asked again for the same packet, the same answer. The
 * correlation is exact for the normal distribution and a little weaker after the others' curve. */
MpTime mp_link_jitter_draw(MpLinkJitterState *state, const MpLinkJitter *jitter,
                           const MpLinkRandom *random, guint64 number, MpTime now);
