/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps that make a map of UDP ports, one for each way to ask.
 */
#pragma once

#include "plan/planner.h"

/* What the path toward the responder does to packets, in phase 0; NULL: there is none to ask. */
MpStep *mp_plan_path(const MpTargets *targets, const MpPlanOptions *options);

/* Adds to the steps of a check: a sample of the ports, asked of the best there is (a responder with
 * a key, else a TURN server that is asked before), and a walk over them where goals for one are
 * given. They go on beside what follows the servers, without any TURN in it, and end before media.
 * Nothing where other kinds were asked for. Returns the last phase. */
guint mp_plan_add_port_sample(GPtrArray *steps, const MpTargets *targets, const MpProfile *profile,
                              const MpPlanOptions *options);

/* MpStep*, alone in phases from `first_phase` on: with a responder's key every port, with a TURN
 * server and credentials the ports that it lends, with goals for a walk the routers on the way.
 * Free with g_ptr_array_unref(). */
GPtrArray *mp_plan_ports(const MpTargets *targets, const MpPlanOptions *options, guint first_phase);
