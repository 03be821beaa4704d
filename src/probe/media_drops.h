/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets that came to an end of the call and found its socket full: not lost by the network.
 */
#pragma once

#include "probe/record_index.h"

/* For each entry of `sent` a byte, 1 where it was dropped at the far side's socket: it is missing
 * there, and would have come while the kernel dropped packets, of which there are no more than it
 * counted. All times are of one clock. Free with g_byte_array_unref(). */
GByteArray *mp_media_drops(const GArray *sent, const MpRecordIndex *received, const GArray *drops);
