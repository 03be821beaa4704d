/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the sending half of a call is made of: for media_sender*.c alone.
 */
#pragma once

#include "session/media_resend.h"
#include "session/media_sender.h"

#define MP_SENDER_LARGEST_PACKET 1500

typedef struct {
    guint32 ssrc;
    guint8 payload_type;
    guint32 sequence; /* of the next packet */
    guint32 packets;
    guint32 octets;
    guint32 highest_reported;  /* of the far end's last report */
    guint32 packets_at_report; /* ours, when it came */
    gint32 lost_reported;      /* cumulative */
    guint32 highest_before;    /* the same two when the rate was set */
    gint32 lost_before;
} MpOutgoing;

/* A protected packet that the way did not take. */
typedef struct {
    guint32 tag;
    gsize length;
    guint8 data[MP_SENDER_LARGEST_PACKET];
} MpPendingPacket;

struct _MpMediaSender {
    MpMediaRecord *record;
    MpMediaStreams *streams;
    MpMediaSend send;
    gpointer user_data;
    GArray *specs;         /* MpStreamSpec */
    MpSrtpSession *srtp;   /* NULL: not started */
    MpMediaSource *source; /* NULL while not sending */
    guint set;
    double scale;
    gboolean sends_echo;
    gboolean is_held;
    MpTime rtcp_due;
    MpOutgoing outgoing[MP_MOST_STREAMS]; /* echoes, then one for each of specs */
    MpMediaResend *resend;                /* NULL: nothing is described yet */
    MpPendingPacket *pending;             /* NULL: nothing waits */
    guint16 transport_sequence;           /* of the next packet of any stream */
    GArray *lateness;                     /* double, ms */
    GArray *round_trips;                  /* MpTime */
    double reported_loss;
    gboolean is_count_stale; /* no report came since the loss was forgotten */
    double tier_scale;       /* the last scale above 0 */
    guint reports_since_rest;
};

/* Protects in place, records, and sends; what the way does not take waits. */
void mp_media_sender_protect(MpMediaSender *sender, guint8 *packet, gsize length,
                             MpRecordEntry entry);
/* What the far end reported until now belongs to what was sent before. */
void mp_media_sender_forget_loss(MpMediaSender *sender);
