/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets of one size as fast as they go, for throughput alone: made, protected in place side by
 * side, and handed to the way many at a time.
 */
#pragma once

#include "base/bytes.h"
#include "session/srtp_session.h"

/* Packets that are handed over together, at most. */
#define MP_TRAIN_BATCH 64
#define MP_TRAIN_LARGEST 1500

/* How many of the `n` packets the way took; they lie one behind the other in memory. */
typedef guint (*MpMediaTrainSend)(const MpBytes *packets, guint n, gpointer user_data);

typedef struct {
    MpSrtpSession *srtp; /* lent for good */
    guint32 ssrc;
    guint8 payload_type;
    guint size;  /* bytes of the protected packet, 64..MP_TRAIN_LARGEST */
    guint batch; /* packets that are handed over together, 1..MP_TRAIN_BATCH */
    MpMediaTrainSend send;
    gpointer user_data;
} MpMediaTrainConfig;

typedef struct _MpMediaTrain MpMediaTrain;

MpMediaTrain *mp_media_train_new(const MpMediaTrainConfig *config);
void mp_media_train_free(MpMediaTrain *train);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaTrain, mp_media_train_free)

/* One batch. How many packets left; what the way did not take goes first the next time: a protected
 * packet must be sent. */
guint mp_media_train_advance(MpMediaTrain *train);
