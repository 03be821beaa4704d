/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end tells the other of what came, beside the reports: what it misses.
 */
#pragma once

#include "session/media_receiver.h"
#include "session/media_sender.h"

typedef struct _MpMediaFeedback MpMediaFeedback;

MpMediaFeedback *mp_media_feedback_new(MpMediaSend send, gpointer user_data);
void mp_media_feedback_free(MpMediaFeedback *feedback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaFeedback, mp_media_feedback_free)

/* Before it nothing is told. `srtp` is lent for good; `ssrc` is the one that this end reports
 * under. */
void mp_media_feedback_start(MpMediaFeedback *feedback, MpSrtpSession *srtp, guint32 ssrc);
void mp_media_feedback_end(MpMediaFeedback *feedback);

void mp_media_feedback_note(MpMediaFeedback *feedback, const MpReceivedPacket *received,
                            MpTime now);
/* When to call advance; in the past where something should be told at once. */
MpTime mp_media_feedback_deadline(const MpMediaFeedback *feedback);
void mp_media_feedback_advance(MpMediaFeedback *feedback, MpTime now, MpTime round_trip);
