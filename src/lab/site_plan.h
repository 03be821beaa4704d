/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site drawn into a network: its client, its router, the carrier's end of its line.
 */
#pragma once

#include "lab/blueprint.h"
#include "lab/network.h"

void mp_site_plan_draw(MpBlueprint *blueprint, const MpNetwork *network);
/* Only where there is a second site. */
void mp_site_plan_draw_second(MpBlueprint *blueprint, const MpNetwork *network);
