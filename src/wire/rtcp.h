/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP sender and receiver reports, SDES and BYE, RFC 3550 section 6, as bytes.
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

/* Report block, section 6.4.1. */
typedef struct {
    guint32 ssrc;             /* the stream reported on */
    guint8 fraction_lost;     /* of 256, since the report before */
    gint32 cumulative_lost;   /* 24 bits, signed */
    guint32 highest_sequence; /* extended */
    guint32 jitter;           /* timestamp units */
    guint32 last_sr;          /* middle 32 bits of the NTP time of the last SR; 0: none came */
    guint32 delay_since_sr;   /* units of 1/65536 s */
} MpRtcpBlock;

#define MP_RTCP_MAX_BLOCKS 31

/* An APP packet, section 6.7. */
typedef struct {
    guint8 subtype; /* 0..31 */
    char name[5];   /* four characters of ASCII */
    MpBytes data;   /* lent; a multiple of four bytes. NULL: there was none */
} MpRtcpApp;

typedef struct {
    guint32 ssrc; /* of the sender of the report */
    gboolean has_sender_info;
    guint64 ntp_time; /* 32.32 fixed point; sender info */
    guint32 rtp_timestamp;
    guint32 packet_count;
    guint32 octet_count;
    guint n_blocks;
    MpRtcpBlock blocks[MP_RTCP_MAX_BLOCKS];
    gboolean is_bye; /* a BYE packet was in the compound */
    MpRtcpApp app;   /* the last APP packet of the compound */
} MpRtcpReport;

/* Writes a compound packet: SR or RR, SDES with the CNAME (1..255 bytes), APP where there is data,
 * and BYE if asked. */
void mp_rtcp_write(MpWriter *writer, const MpRtcpReport *report, const char *cname);

/* Reads a compound packet. Packet types it does not know are passed over. FALSE when the bytes are
 * not a valid compound (section A.2). */
gboolean mp_rtcp_parse(const guint8 *data, gsize length, MpRtcpReport *report);

/* NTP 32.32 time of `realtime` nanoseconds since 1970, and its middle 32 bits. */
guint64 mp_rtcp_ntp_time(MpTime realtime);
guint32 mp_rtcp_ntp_middle(guint64 ntp_time);

/* Round-trip time by section 6.4.1: arrival - LSR - DLSR; -1 when the block names no SR or the
 * result would be negative. */
MpTime mp_rtcp_round_trip(const MpRtcpBlock *block, guint64 ntp_arrival);
