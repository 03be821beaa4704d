/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as an RTP packet.
 */
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    MpRtpHeader header;
    MpBytes payload;
    mp_packet_kind(data, size);
    if (mp_rtp_parse(data, size, &header, &payload))
        g_assert(payload.length <= size && payload.data >= data);
    return 0;
}
