/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of each stream of one direction, and what of it was sent again: RFC 4588.
 */
#pragma once

#include "probe/media_clocks.h"
#include "probe/media_join.h"
#include "probe/record_index.h"

/* The original packets are one thing, their retransmissions another. */
typedef struct {
    guint32 ssrc;
    guint packets_sent;
    guint packets_received;
    guint repaired; /* of those that were lost: a retransmission came */
    guint rtx_sent; /* retransmissions */
    guint rtx_received;
    guint64 rtx_bytes; /* sent, of the UDP payload */
} MpStreamTally;

/* MpStreamTally in the order of the streams' first packets, of what left within the windows.
 * `clocks`: `sent` is of the far end; NULL: it is ours. Free with g_array_unref(). */
GArray *mp_stream_tally(const GArray *sent, const MpRecordIndex *received,
                        const MpMediaClocks *clocks, const MpMediaWindow *windows, gsize n_windows);
