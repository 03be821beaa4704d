/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two ends' records of one call joined: what became of every packet, by direction.
 */
#pragma once

#include "model/packet_fate.h"
#include "probe/media_clocks.h"
#include "probe/media_window.h"
#include "stats/packet_trace.h"
#include "stats/summary.h"
#include "wire/media_record.h"

typedef struct {
    MpDirectionStats stats;
    double duplicates;      /* packets that came a second time in the whole call */
    double tester_error_ms; /* bound of the stamps' error */

    /* Of what was sent after `stopped_after_ms`, counted from the first packet, nothing came, for
     * `silent_ms` until the last one. NAN: the last packet came, or none did. */
    double stopped_after_ms;
    double silent_ms;

    /* Of `missing_packets` as large as `smallest_missing` bytes or larger none came; of the smaller
     * ones `loss_below_percent` were lost. NAN: the largest size came, or nothing did. */
    double largest_received;
    double smallest_missing;
    double missing_packets;
    double loss_below_percent;
} MpJoinedDirection;

typedef struct {
    MpJoinedDirection up;
    MpJoinedDirection down;
} MpJoined;

typedef struct _MpMediaJoin MpMediaJoin;

/* Both records are lent and must not change while they are joined. */
MpMediaJoin *mp_media_join_new(const MpMediaRecord *ours, const MpMediaRecord *theirs);
void mp_media_join_free(MpMediaJoin *join);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaJoin, mp_media_join_free)

const MpMediaClocks *mp_media_join_clocks(const MpMediaJoin *join);

/* Packets sent within the windows, which follow one another: a call that rests between them is
 * taken as one without the rests. The far end's times are brought to our clock, exact to
 * half the least round trip. Where a clock was set during the call all packets of the call count,
 * whatever the windows, and there are no delays. */
MpJoined mp_media_join_windows(const MpMediaJoin *join, const MpMediaWindow *windows,
                               gsize n_windows);

/* What became of each packet that one end sent, MpPacketFate in the order of sending. Where a clock
 * was set during the call nothing is told. Free with g_array_unref(). */
GArray *mp_media_join_packets(const MpMediaJoin *join, gboolean is_up);

/* The datagrams of the DTLS handshake, which mp_media_join_windows() leaves out. */
MpJoined mp_media_join_handshake(const MpMediaJoin *join);

/* Round trips of the echo requests sent within the windows, in ms, by four timestamps:
 * (t4 - t1) - (t3 - t2). A request without all four is left out. */
MpSummary mp_media_join_round_trips(const MpMediaJoin *join, guint32 our_echo_ssrc,
                                    guint32 their_echo_ssrc, const MpMediaWindow *windows,
                                    gsize n_windows);
