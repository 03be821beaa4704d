/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction of a link at work.
 */
#include "link/link_line.h"

const char *mp_fate_name(MpFate fate)
{
    static const char *const names[MP_N_FATES] = {
        [MP_FATE_DELIVERED] = "delivered",
        [MP_FATE_LOST] = "lost",
        [MP_FATE_OUTAGE] = "outage",
        [MP_FATE_QUEUE_FULL] = "queue-full",
        [MP_FATE_QUEUE_MANAGED] = "queue-managed",
    };
    return names[fate];
}
