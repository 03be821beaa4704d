/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is walked toward, as steps: a map for each host and for each family of addresses.
 */
#pragma once

#include "plan/planner.h"

#define MP_WALK_KIND "ports-walk"

/* MpStep*, of which kind, id, family and goals are set: one firewall may let ports out toward one
 * host and not toward another. The prefixes of a family are one service's and share a map; a name
 * has one of each family where this computer has both. Free with g_ptr_array_unref(). */
GPtrArray *mp_plan_walks(const GPtrArray *goals, gboolean has_both_families);
