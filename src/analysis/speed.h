/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way's capacity against a speed that is asked for.
 */
#pragma once

#include "model/path.h"
#include "model/requirement.h"

/* By both ends of the interval: a line that may have it and may not is unknown, as is one that was
 * not measured. */
MpRequirementState mp_speed_state(const MpPath *path, double kbps);
