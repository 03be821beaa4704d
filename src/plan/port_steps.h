/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that make a map of UDP ports, one for each way to ask.
 */
#pragma once

#include "plan/planner.h"

/* What the path toward the responder does to packets, in phase 0; NULL: there is none to ask. */
MpStep *mp_plan_path(const MpTargets *targets, const MpPlanOptions *options);

/* MpStep*, alone in phases from `first_phase` on: with a responder's key every port, with a TURN
 * server and credentials the ports that it lends, with goals for a walk the routers on the way.
 * Free with g_ptr_array_unref(). */
GPtrArray *mp_plan_ports(const MpTargets *targets, const MpPlanOptions *options, guint first_phase);
