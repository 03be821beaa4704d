/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of the video tiers that a call tried is the best that the network carries.
 */
#pragma once

#include "probe/media_facts.h"

/* The index of the first tier, from the best down, whose loss is below `tolerable_percent`; where
 * none is, of the one that loses least. A lower tier counts as better only where its fewer losses
 * are no chance: an outage or a random loss that a short run happened to miss is no reason to say
 * that a lower rate would have avoided it. A tier above `carried_kbps`, all that the way carries
 * (NAN: not known), is worse by its rate. */
guint mp_tier_choose(const MpTierRun *runs, guint n_runs, double tolerable_percent,
                     double carried_kbps);
