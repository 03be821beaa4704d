/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way's capacity against a speed that is asked for.
 */
#include "analysis/speed.h"

/* A line that is sold as 10 Mbps carries somewhat less of IP packets. */
#define SPEED_SHARE 0.95

/* NAN, no upper end, is never less. A stream's own control may have held it back: that it carries
 * less proves nothing of the line. */
MpRequirementState mp_speed_state(const MpPath *path, double kbps)
{
    const double limit = SPEED_SHARE * kbps;
    const MpDirection *up = &path->up;
    const MpDirection *down = &path->down;
    if (!mp_way_is_stream(path->way) &&
        (up->capacity_high_kbps < limit || down->capacity_high_kbps < limit))
        return MP_REQUIREMENT_FAILED;
    return up->capacity_low_kbps >= limit && down->capacity_low_kbps >= limit
               ? MP_REQUIREMENT_MET
               : MP_REQUIREMENT_UNKNOWN;
}
