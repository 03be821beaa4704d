/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When which packet of a transport arrived, by the transport-wide sequence number that a browser
 * writes on each: what its bandwidth estimate lives on.
 */
#pragma once

#include "wire/rtcp_feedback.h"

typedef struct _MpTransportFeedback MpTransportFeedback;

MpTransportFeedback *mp_transport_feedback_new(void);
void mp_transport_feedback_free(MpTransportFeedback *feedback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTransportFeedback, mp_transport_feedback_free)

void mp_transport_feedback_note(MpTransportFeedback *feedback, guint16 sequence, MpTime arrival);
/* Appends a report on what came since the last one. FALSE: nothing did. Call again until then. */
gboolean mp_transport_feedback_write(MpTransportFeedback *feedback, MpWriter *writer,
                                     guint32 sender, guint32 media);
