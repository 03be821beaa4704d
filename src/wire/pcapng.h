/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng) of one interface that carries IP
 * packets without a link layer. Numbers are in this machine's byte order, as the format allows.
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

/* The section header and the interface; `application` and `comment` are UTF-8, and `comment` may be
 * NULL. */
void mp_pcapng_write_head(GByteArray *out, const char *application, const char *comment);

typedef struct {
    MpTime time; /* CLOCK_REALTIME */
    gboolean is_outgoing;
    MpBytes headers; /* IP and transport */
    MpBytes payload;
    const char *comment; /* UTF-8; NULL: none */
} MpPcapngPacket;

void mp_pcapng_write_packet(GByteArray *out, const MpPcapngPacket *packet);

/* Keys of TLS or DTLS sessions of the packets that follow, in the NSS key log format. */
void mp_pcapng_write_keys(GByteArray *out, const char *key_log);
