/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A capacity measurement on its way: the trains as RTP packets of their own payload type and SSRC,
 * orders and reports as RTCP APP packets, under the call's SRTP.
 */
#pragma once

#include "session/capacity_far_end.h"
#include "session/capacity_tester.h"
#include "session/media_sender.h"

typedef struct _MpCapacityLink MpCapacityLink;

/* The far end's side until a measurement begins here; with limits of 0 it takes no part. */
MpCapacityLink *mp_capacity_link_new(const MpCapacityLimits *limits, MpMediaSend send,
                                     gpointer user_data);
void mp_capacity_link_free(MpCapacityLink *link);

/* Begins a measurement. */
void mp_capacity_link_begin(MpCapacityLink *link, const MpCapacityConfig *config, MpTime now);
/* NULL: none has begun here. */
const MpCapacityTester *mp_capacity_link_tester(const MpCapacityLink *link);

/* A packet of a train; `arrival` is its stamp. */
void mp_capacity_link_take_train(MpCapacityLink *link, MpBytes payload, MpTime arrival, MpTime now);
/* So many packets came and found our own socket full. FALSE: no train was coming. */
gboolean mp_capacity_link_note_dropped(MpCapacityLink *link, guint32 packets);
/* FALSE: the APP packet is not for us. `size` is that of the compound. */
gboolean mp_capacity_link_take_app(MpCapacityLink *link, const MpRtcpApp *app, gsize size,
                                   MpTime now);

/* Sends what is due; never more at a time than leaves room for what comes. */
void mp_capacity_link_advance(MpCapacityLink *link, MpSrtpSession *srtp, MpTime now);
MpTime mp_capacity_link_deadline(const MpCapacityLink *link);
