/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The link emulator's look into frames, on arbitrary bytes. Frames come from the lab's programs,
 * which may send whatever they like.
 */
#include <string.h>

#include "lab/frame.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const MpBytes frame = {data, size};
    if (!mp_frame_is_carried(frame))
        return 0;
    g_assert_true(size >= MP_FRAME_HEADER);
    MpPacketMark mark = mp_frame_mark(frame);
    g_autofree char *flow = mp_flow_to_text(&mark.flow);
    g_assert_true(g_str_is_ascii(flow));
    g_assert_null(strpbrk(flow, "\"\\\n"));
    g_assert_true(mark.head_length <= MP_FRAME_HEAD);
    return 0;
}
