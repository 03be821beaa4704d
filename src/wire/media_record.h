/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end of a media session sent and received, packet by packet, as bytes: how the responder
 * hands its side over so that the other end can join both. The format is described in
 * docs/RESPONDER.md.
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#define MP_RECORD_CONTENT_TYPE "application/vnd.mediapath.record"

/* No stream has this SSRC: the entry is a datagram of the DTLS handshake, whose number stands for
 * the sequence number. */
#define MP_RECORD_DTLS 0

typedef struct {
    guint32 ssrc;
    guint32 sequence;           /* continued past 16 bits */
    guint16 size;               /* bytes of the UDP payload, or of the relayed data */
    gboolean is_kernel_stamped; /* else `time` is the program's own clock reading */
    MpTime time;                /* this end's CLOCK_REALTIME */
    gboolean is_retransmission; /* RFC 4588: `ssrc` is that of its stream less one; `sequence` has
                                 * its own number in the upper half and in the lower one that of
                                 * the packet that it brings again */
} MpRecordEntry;

/* The socket was full: so many of whatever came to it found no room. */
typedef struct {
    MpTime after; /* arrival of the packet before them, and of the one after them */
    MpTime until;
    guint32 packets;
} MpRecordDrop;

typedef struct {
    GArray *sent;              /* MpRecordEntry in order of sending */
    GArray *received;          /* MpRecordEntry in order of arrival */
    GArray *drops;             /* MpRecordDrop, one after the other */
    guint32 receive_overflows; /* packets that this end's own socket dropped (SO_RXQ_OVFL) */
    MpTime timer_late_p50;     /* lateness of this end's send timer */
    MpTime timer_late_p99;

    guint32 duplicates;   /* packets that came again: their copies are in no list */
    MpTime clock_stepped; /* by how much CLOCK_REALTIME was set, all steps added up */
    MpTime watched;       /* how long the two below were counted; 0: not known */
    MpTime run_queue;     /* that the thread was ready and did not run */
    MpTime stolen;        /* that a core, on average, was taken by the machine below this one */
} MpMediaRecord;

MpMediaRecord *mp_media_record_new(void);
void mp_media_record_free(MpMediaRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaRecord, mp_media_record_free)

/* Adds a datagram of DTLS to what was sent or received; one of many is left out. */
void mp_media_record_add_dtls(GArray *entries, const guint8 *data, gsize length, MpTime time);

/* Packets that found no room; of very many times of that kind the last ones become one. */
void mp_media_record_add_drop(MpMediaRecord *record, MpTime after, MpTime until, guint32 packets);

/* The bytes, at most 64 MiB. */
GBytes *mp_media_record_write(const MpMediaRecord *record);

/* NULL with MP_ERROR_MALFORMED: what was found, what was expected. */
MpMediaRecord *mp_media_record_parse(const guint8 *data, gsize length, GError **error);
