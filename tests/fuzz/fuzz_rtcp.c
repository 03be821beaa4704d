/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as an RTCP compound; what is read can be written and read again.
 */
#include "wire/rtcp.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    MpRtcpReport report;
    if (!mp_rtcp_parse(data, size, &report))
        return 0;
    guint8 packet[2048];
    MpRtcpReport again;
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write(&writer, &report, "fuzz");
    g_assert(!writer.is_bad && mp_rtcp_parse(packet, writer.position, &again));
    g_assert(again.n_blocks == report.n_blocks && again.is_bye == report.is_bye);
    return 0;
}
