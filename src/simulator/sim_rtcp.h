/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a video receiver writes a receiver report: about each second, and where RTCP is compound
 * (RFC 3550; not reduced-size, RFC 5506) with whatever else it writes. In virtual time.
 */
#pragma once

#include "simulator/chromium_playout.h"

typedef struct {
    const MpChromiumRtcp *constants;
    gboolean is_compound;
    guint64 random;
    MpTime due;
} MpSimRtcp;

/* `is_offerer`: its end made the offer; `seed`: of the moments. */
void mp_sim_rtcp_init(MpSimRtcp *rtcp, const MpChromiumRtcp *constants, gboolean is_offerer,
                      guint64 seed, MpTime start);
MpTime mp_sim_rtcp_deadline(const MpSimRtcp *rtcp);
/* Something is written at `now`: a NACK or a PLI (`asks`), or as the deadline is here. Whether a
 * report is with it. */
gboolean mp_sim_rtcp_write(MpSimRtcp *rtcp, MpTime now, gboolean asks);
