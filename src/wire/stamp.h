/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Test packets of STAMP, RFC 8762, with the TLVs of RFC 8972, and those of our own: 240 to 251 are
 * for experimental use, RFC 8972 section 5.1.
 *
 * A probe of ours is a base packet of the unauthenticated mode, then the TLVs KEY and HMAC, then
 * Extra Padding where a size is tested:
 *
 *     guint8 bytes[MP_STAMP_PROBE_SIZE];
 *     MpWriter writer = mp_writer_init(bytes, sizeof bytes);
 *     mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REQUEST, &packet);
 *     mp_stamp_write_key(&writer, &session);
 *     mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, key);
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "wire/stamp_key.h"

#define MP_STAMP_PORT 862
#define MP_STAMP_BASE_SIZE 44  /* RFC 8762 sections 4.2.1 and 4.3.1 */
#define MP_STAMP_AUTH_SIZE 112 /* RFC 8762 sections 4.2.2 and 4.3.2 */
#define MP_STAMP_TLV_HEADER 4
/* Base packet, KEY and HMAC TLV: the least that a reflector of ours answers. */
#define MP_STAMP_PROBE_SIZE                                                                        \
    (MP_STAMP_BASE_SIZE + MP_STAMP_TLV_HEADER + MP_STAMP_KEY_SIZE + MP_STAMP_TLV_HEADER +          \
     MP_STAMP_HMAC_SIZE)

/* RFC 8972 section 5.1. */
typedef enum {
    MP_STAMP_TLV_PADDING = 1,
    MP_STAMP_TLV_LOCATION = 2,
    MP_STAMP_TLV_TIMESTAMP_INFORMATION = 3,
    MP_STAMP_TLV_CLASS_OF_SERVICE = 4,
    MP_STAMP_TLV_DIRECT_MEASUREMENT = 5,
    MP_STAMP_TLV_ACCESS_REPORT = 6,
    MP_STAMP_TLV_FOLLOW_UP = 7,
    MP_STAMP_TLV_HMAC = 8,
    MP_STAMP_TLV_KEY = 240,          /* whose key the HMAC TLV is made with, and which session */
    MP_STAMP_TLV_PORTS_SEEN = 241,   /* question and answer: which ports of a range were seen */
    MP_STAMP_TLV_PORTS_SERVED = 242, /* the same: at which ports this reflector answers at all */
} MpStampTlv;

/* First octet of a TLV, RFC 8972 section 4. A sender sets U, a reflector that knows the TLV clears
 * it. */
#define MP_STAMP_FLAG_UNRECOGNIZED 0x80
#define MP_STAMP_FLAG_MALFORMED 0x40
#define MP_STAMP_FLAG_INTEGRITY_FAILED 0x20

/* Nothing in a packet says which it is: both ends know. */
typedef enum {
    MP_STAMP_OPEN,          /* "unauthenticated": TLVs begin at 44; HMAC TLV of RFC 8972 4.8 */
    MP_STAMP_AUTHENTICATED, /* TLVs begin at 112; the base packet has an HMAC of its own */
} MpStampMode;

typedef enum { MP_STAMP_REQUEST, MP_STAMP_REPLY } MpStampDirection;

/* Times are as on the wire: NTP's 64 bits, unless the error estimate's Z bit says PTP. */
typedef struct {
    guint32 sequence;
    guint64 timestamp;
    guint16 error_estimate;
    guint16 session_id; /* SSID, RFC 8972 section 3; 0: none */
    /* Of a reply only: */
    guint64 receive_timestamp;
    guint32 sender_sequence;
    guint64 sender_timestamp;
    guint16 sender_error_estimate;
    guint8 sender_ttl; /* of the request when it arrived */
} MpStampPacket;

/* Error estimate of a clock about which nothing is known: RFC 4656 section 4.1.2, multiplier 1
 * (0 is not allowed), scale 63, not synchronized. */
#define MP_STAMP_ERROR_UNKNOWN 0x3f01

/* CLOCK_REALTIME as NTP's 64 bits and back, to under a nanosecond. */
guint64 mp_stamp_time_write(MpTime realtime);
MpTime mp_stamp_time_read(guint64 timestamp);

/* The base packet; the HMAC of the authenticated mode comes with mp_stamp_seal(). */
void mp_stamp_write(MpWriter *writer, MpStampMode mode, MpStampDirection direction,
                    const MpStampPacket *packet);

/* FALSE where the packet is shorter than a base packet. Nothing is authenticated. */
gboolean mp_stamp_read(MpStampPacket *packet, MpStampMode mode, MpStampDirection direction,
                       MpBytes bytes);

/* HMAC over the first 96 bytes into bytes 96 to 111: RFC 8762 section 4.4. */
void mp_stamp_seal(guint8 packet[MP_STAMP_AUTH_SIZE], MpStampKey *key);
gboolean mp_stamp_is_sealed(MpBytes packet, MpStampKey *key);

typedef struct {
    guint8 flags;
    guint8 type;   /* MpStampTlv, or unknown */
    MpBytes value; /* lent */
    gsize offset;  /* of the TLV's first octet in the packet */
} MpStampItem;

/* The TLVs of a packet in their order, with mp_stamp_next(): FALSE at the end, and where a length
 * points past the end (then the reader is bad). */
MpReader mp_stamp_tlvs(MpBytes packet, MpStampMode mode);
gboolean mp_stamp_next(MpReader *reader, MpStampItem *item);
/* The first TLV of the type. */
gboolean mp_stamp_find(MpStampItem *item, MpBytes packet, MpStampMode mode, guint8 type);

void mp_stamp_write_tlv(MpWriter *writer, guint8 type, const void *value, gsize length);
/* Extra Padding of `length` bytes with its header; fewer than 4: nothing is written. */
void mp_stamp_write_padding(MpWriter *writer, gsize length);

/* KEY: 12 bytes, and the first of a packet's TLVs. The session number stands here, under the HMAC,
 * because RFC 8972 leaves SSID out of it: a packet that was overheard cannot be made the first of a
 * session of somebody else. */
#define MP_STAMP_KEY_SIZE 12

typedef struct {
    guint32 key_id;
    guint64 session; /* at random for every run of a sender */
} MpStampSession;

void mp_stamp_write_key(MpWriter *writer, const MpStampSession *session);
gboolean mp_stamp_read_key(MpStampSession *session, MpBytes value);

/* HMAC TLV over the sequence number and all TLVs written so far, RFC 8972 section 4.8. The writer
 * must have begun with the packet. Only Extra Padding may follow. */
void mp_stamp_write_hmac(MpWriter *writer, MpStampMode mode, MpStampKey *key);
/* Whether an HMAC TLV is there, verifies, and only Extra Padding follows. */
gboolean mp_stamp_has_hmac(MpBytes packet, MpStampMode mode, MpStampKey *key);

/* Class of Service, RFC 8972 section 4.4. */
typedef struct {
    guint8 wanted_dscp;   /* DSCP1: what the sender asks the reply to carry */
    guint8 received_dscp; /* DSCP2: of the request where the reflector got it */
    guint8 received_ecn;
    guint8 reverse_path; /* RP: not 0 where the reply could not carry DSCP1 */
} MpStampClass;

#define MP_STAMP_CLASS_SIZE 4

void mp_stamp_write_class(MpWriter *writer, const MpStampClass *class);
gboolean mp_stamp_read_class(MpStampClass *class, MpBytes value);

/* PORTS_SEEN: what a reflector saw of the session so far. PORTS_SERVED: where it answers; a port
 * outside says nothing about the path. A question has the size of its answer, with zeros for what
 * the answer fills in. */
typedef struct {
    guint16 first_port;
    guint16 n_ports;
    guint32 received;    /* datagrams of the session that its key verified and that were new */
    guint32 unanswered;  /* of these, left without an answer because they came too fast */
    guint16 largest;     /* size of the largest of them, of the UDP payload */
    guint16 overflows;   /* datagrams of anybody that came to a full socket of the reflector since
                          * the session began; 65535: or more */
    const guint8 *ports; /* lent: bit n (most significant first) is port first_port + n */
} MpStampPortsSeen;

#define MP_STAMP_PORTS_SEEN_HEADER 16
#define MP_STAMP_PORTS_SEEN_SIZE(n_ports) (MP_STAMP_PORTS_SEEN_HEADER + ((gsize)(n_ports) + 7) / 8)

/* `type` is MP_STAMP_TLV_PORTS_SEEN or MP_STAMP_TLV_PORTS_SERVED. */
void mp_stamp_ask_ports(MpWriter *writer, MpStampTlv type, guint16 first_port, guint16 n_ports);
static inline void mp_stamp_ask_ports_seen(MpWriter *writer, guint16 first_port, guint16 n_ports)
{
    mp_stamp_ask_ports(writer, MP_STAMP_TLV_PORTS_SEEN, first_port, n_ports);
}
/* FALSE where the length does not fit the number of ports, or the range ends behind 65535. */
gboolean mp_stamp_read_ports_seen(MpStampPortsSeen *seen, MpBytes value);
/* Fills the answer into the value of a question, in its place. */
void mp_stamp_fill_ports_seen(guint8 *value, const MpStampPortsSeen *seen);
gboolean mp_stamp_port_is_seen(const MpStampPortsSeen *seen, guint16 port);
