/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call at rest.
 */
#include "session/stream_rest.h"

#define INTERVAL MP_MSEC(100)
#define FIRST_PACKETS 3
#define FIRST_INTERVAL MP_MSEC(20)

MpTime mp_stream_rest_due(const MpStreamRest *rest)
{
    const MpTime wait = rest->count < FIRST_PACKETS
                            ? (MpTime)rest->count * FIRST_INTERVAL
                            : (MpTime)(rest->count - FIRST_PACKETS + 1) * INTERVAL;
    return rest->start + wait;
}

gboolean mp_stream_rest_next(MpStreamRest *rest, gboolean sends_echo)
{
    const guint64 count = rest->count++;
    return sends_echo && (count < FIRST_PACKETS || (count - FIRST_PACKETS) % 2 == 1);
}
