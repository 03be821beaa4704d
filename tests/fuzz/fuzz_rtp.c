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
    MpBytes value;
    for (guint id = 1; id < 16; id++)
        if (mp_rtp_extension(data, size, id, &value) && value.length > 0)
            g_assert(value.data > data && value.data + value.length <= data + size);
    return 0;
}
