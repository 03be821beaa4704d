/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP feedback as bytes: generic NACK and PLI (RFC 4585 section 6), FIR (RFC 5104 section 4.3.1),
 * and the feedback of transport-wide congestion control
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

/* One packet holds this many sequence numbers at most; what is missing is asked for again. */
#define MP_RTCP_MOST_NACKED 64
#define MP_RTCP_MOST_PICTURES 4

typedef struct {
    guint32 ssrc; /* the stream that the packet is missing from */
    guint16 sequence;
} MpRtcpNack;

/* What a compound packet asks of a sender. */
typedef struct {
    guint n_nacked;
    MpRtcpNack nacked[MP_RTCP_MOST_NACKED]; /* one after the other as they stand */
    guint n_pictures;
    guint32 pictures[MP_RTCP_MOST_PICTURES]; /* SSRCs of which a key frame is wanted, PLI or FIR */
} MpRtcpFeedback;

/* Reads what mp_rtcp_parse() found valid; whatever else is in it is passed over. FALSE: malformed.
 * What comes beyond the bounds above is left out. */
gboolean mp_rtcp_feedback_parse(const guint8 *data, gsize length, MpRtcpFeedback *feedback);

/* Appends one packet each. `lost` is in rising order, with wrap, and has 1..MP_RTCP_MOST_NACKED. */
void mp_rtcp_write_nack(MpWriter *writer, guint32 sender, guint32 media, const guint16 *lost,
                        guint n_lost);
void mp_rtcp_write_pli(MpWriter *writer, guint32 sender, guint32 media);

/* One packet of a transport-wide report. */
typedef struct {
    gboolean has_come;
    MpTime arrival; /* of one that has come */
} MpTransportArrival;

/* More would not fit beside the reports. */
#define MP_TRANSPORT_MOST 256

/* Appends a report on `n` (1..MP_TRANSPORT_MOST) packets from `base` on, of which at least one has
 * come; `count` numbers the reports. */
void mp_rtcp_write_transport(MpWriter *writer, guint32 sender, guint32 media, guint16 base,
                             const MpTransportArrival *arrivals, guint n, guint8 count);
