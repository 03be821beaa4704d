/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A whole call in virtual time: two ends that both send, over two directions of a link.
 */
#pragma once

#include "model/link.h"
#include "simulator/chromium.h"
#include "simulator/sim_setup.h"

typedef struct {
    MpSimFigures up;   /* what the internet's side saw of the site */
    MpSimFigures down; /* what the site saw */
} MpSimOutcome;

/* One seed is one call, on every machine. */
MpSimOutcome mp_sim_call(const MpChromium *chromium, const MpSimSetup *setup,
                         const MpLinkDirection *up, const MpLinkDirection *down, guint64 seed);
