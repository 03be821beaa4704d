/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that ask the web hosts of a service's allow-list.
 */
#pragma once

#include "plan/planner.h"

/* Adds a step in `phase` for each host of the rows that count for the role, and of a wildcard for
 * each of the names that stand for it. */
void mp_plan_add_web(GPtrArray *steps, const MpProfile *profile, const MpPlanOptions *options,
                     guint phase);
