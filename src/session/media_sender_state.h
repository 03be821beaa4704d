/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the sending half of a call is made of: for media_sender*.c alone.
 */
#pragma once

#include "session/media_resend.h"
#include "session/media_sender.h"

typedef struct {
    guint32 ssrc;
    guint8 payload_type;
    guint32 sequence; /* of the next packet */
    guint32 packets;
    guint32 octets;
    guint32 highest_reported;  /* of the far end's last report */
    guint32 packets_at_report; /* ours, when it came */
    gint32 lost_reported;      /* cumulative */
    guint32 first_of_rate;     /* number of the first packet since the rate was set */
    gboolean awaits_count;     /* the reports do not speak of that rate yet */
    guint32 highest_before;    /* highest_reported and lost_reported of the first one that does */
    gint32 lost_before;
} MpOutgoing;

struct _MpMediaSender {
    MpMediaRecord *record;
    MpMediaStreams *streams;
    MpMediaBatchSend send;
    gpointer user_data;
    MpMediaBatch *batch;
    gboolean is_blocked;   /* the way did not take all of it */
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
    guint16 transport_sequence;           /* of the next packet of any stream */
    GArray *lateness;                     /* double, ms */
    GArray *round_trips;                  /* MpTime */
    double reported_loss;
    double tier_scale; /* the last scale above 0 */
    guint reports_since_rest;
};

/* Where the next packet is to be made, MP_MEDIA_BATCH_LARGEST bytes; NULL: none may go now. */
guint8 *mp_media_sender_room(MpMediaSender *sender);
/* Protects and records the packet that was made there; it leaves with the next
 * mp_media_sender_flush(). */
void mp_media_sender_protect(MpMediaSender *sender, guint8 *packet, gsize length,
                             MpRecordEntry entry);
/* FALSE: the way did not take all that is there. */
gboolean mp_media_sender_flush(MpMediaSender *sender);
/* What the far end reported until now belongs to what was sent before. */
void mp_media_sender_forget_loss(MpMediaSender *sender);
