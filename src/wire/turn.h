/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What TURN adds to STUN on the wire, RFC 8656: ChannelData, and how messages lie in a byte stream.
 */
#pragma once

#include "base/bytes.h"

/* RFC 8656 section 12. */
#define MP_TURN_FIRST_CHANNEL 0x4000
#define MP_TURN_LAST_CHANNEL 0x4FFF
#define MP_TURN_CHANNEL_HEADER_LENGTH 4

/* REQUESTED-TRANSPORT's protocol number, RFC 8656 section 18.7: in the first of four bytes. */
#define MP_TURN_REQUEST_UDP (17U << 24)
/* RFC 6062 section 4.1. */
#define MP_TURN_REQUEST_TCP (6U << 24)

/* REQUESTED-ADDRESS-FAMILY and ADDITIONAL-ADDRESS-FAMILY, RFC 8656 sections 18.6 and 18.11. */
#define MP_TURN_FAMILY_IPV4 (0x01U << 24)
#define MP_TURN_FAMILY_IPV6 (0x02U << 24)

/* FALSE when the bytes are no ChannelData message. Bytes behind the payload are padding. */
gboolean mp_turn_parse_channel_data(const void *bytes, gsize length, guint16 *channel,
                                    MpBytes *payload);

/* Padded to a multiple of four on a stream, as RFC 8656 section 12.5 demands. The length; 0 when it
 * does not fit. */
gsize mp_turn_write_channel_data(void *buffer, gsize capacity, guint16 channel, MpBytes payload,
                                 gboolean is_stream);

typedef enum {
    MP_TURN_FRAME_COMPLETE,
    MP_TURN_FRAME_PARTIAL, /* right so far, but more bytes are needed */
    MP_TURN_FRAME_GARBAGE, /* these bytes begin neither a STUN nor a ChannelData message */
} MpTurnFrame;

/* Looks at the start of a byte stream. `frame_length`, set when it is complete, counts the padding.
 * ChannelData counts only up to `last_channel`, 0 for none: "HTTP" would pass for channel 0x4854.
 */
MpTurnFrame mp_turn_find_frame(const void *bytes, gsize length, guint16 last_channel,
                               gsize *frame_length);
