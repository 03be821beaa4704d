/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a video receiver writes a receiver report. Facts: libwebrtc's
 * modules/rtp_rtcp/source/rtcp_sender.cc.
 */
#include "simulator/sim_rtcp.h"

#include "base/splitmix.h"

/* RFC 3550 section 6.2: between half and three halves of the interval. */
static void set_due(MpSimRtcp *rtcp, MpTime now)
{
    MpTime interval = rtcp->constants->interval;
    rtcp->due = now + interval / 2 + (MpTime)(mp_splitmix_next(&rtcp->random) % (guint64)interval);
}

void mp_sim_rtcp_init(MpSimRtcp *rtcp, const MpChromiumRtcp *constants, gboolean is_offerer,
                      guint64 seed, MpTime start)
{
    *rtcp = (MpSimRtcp){.constants = constants,
                        .is_compound = is_offerer && constants->is_offerer_compound,
                        .random = seed};
    set_due(rtcp, start);
}

MpTime mp_sim_rtcp_deadline(const MpSimRtcp *rtcp)
{
    return rtcp->due;
}

gboolean mp_sim_rtcp_write(MpSimRtcp *rtcp, MpTime now, gboolean asks)
{
    if (now < rtcp->due && !(asks && rtcp->is_compound))
        return FALSE;

    set_due(rtcp, now);
    return TRUE;
}
