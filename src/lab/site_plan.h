/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site drawn into a network: its client, its router, the carrier's end of its line.
 */
#pragma once

#include "lab/blueprint.h"
#include "lab/network.h"

/* The site at place `i` (site_place.h), which must be there. */
void mp_site_plan_draw(MpBlueprint *blueprint, const MpNetwork *network, guint i);
