/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trip from four timestamps.
 */
#include "stats/round_trip.h"

MpTime mp_rtt_four(MpTime t1, MpTime t2, MpTime t3, MpTime t4)
{
    if (t1 == MP_NEVER || t2 == MP_NEVER || t3 == MP_NEVER || t4 == MP_NEVER)
        return MP_NEVER;

    const MpTime here = t4 - t1;
    const MpTime there = t3 - t2;
    return there < 0 || here < there ? MP_NEVER : here - there;
}
