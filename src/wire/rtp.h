/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP packets, RFC 3550 section 5.1, as bytes.
 */
#pragma once

#include "base/bytes.h"

#define MP_RTP_HEADER_SIZE 12

typedef struct {
    gboolean marker;
    guint8 payload_type; /* 0..127 */
    guint16 sequence;
    guint32 timestamp;
    guint32 ssrc;
} MpRtpHeader;

/* Writes the fixed header: version 2, no padding, no extension, no CSRC. */
void mp_rtp_write_header(MpWriter *writer, const MpRtpHeader *header);

/* The same with one extension of two bytes, in the one-byte form of RFC 8285 section 4.2; `id` is
 * 1..14. */
void mp_rtp_write_extended(MpWriter *writer, const MpRtpHeader *header, guint id, guint16 value);

/* FALSE when the bytes are no RTP version 2 packet. `payload` is lent; padding, extension and CSRC
 * are left out of it. */
gboolean mp_rtp_parse(const guint8 *data, gsize length, MpRtpHeader *header, MpBytes *payload);

/* The header extension with that identifier, RFC 8285, one-byte and two-byte form; lent. `data`
 * holds the packet at least up to its payload. FALSE: it is not there. */
gboolean mp_rtp_extension(const guint8 *data, gsize length, guint id, MpBytes *value);

/* What arrives on one ICE component, by its first bytes: RFC 7983 section 7 and, between RTP and
 * RTCP, RFC 5761 section 4. */
typedef enum {
    MP_PACKET_STUN,
    MP_PACKET_DTLS,
    MP_PACKET_TURN_CHANNEL,
    MP_PACKET_RTP,
    MP_PACKET_RTCP,
    MP_PACKET_OTHER,
} MpPacketKind;

MpPacketKind mp_packet_kind(const guint8 *data, gsize length);

/* Continues a 32-bit count from 16-bit sequence numbers: the value nearest to `last` that ends in
 * `sequence`. */
guint32 mp_rtp_unwrap(guint32 last, guint16 sequence);
