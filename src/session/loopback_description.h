/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of an offer is looped back: the payload type of each medium that we can tell key frames of,
 * its retransmission format, and the answer's section for it.
 */
#pragma once

#include "session/media_loopback.h"
#include "wire/sdp.h"

/* Chooses for the first audio and the first video section, and our SSRCs. FALSE: neither has a
 * payload type that we know. */
gboolean mp_loopback_description_choose(const MpSdp *offer, MpLoopbackConfig *config);

/* The sections that answer the offer's, in its order; what is not looped back is refused. The video
 * section asks for at most `greatest_kbps`. */
void mp_loopback_description_answer(const MpSdp *offer, const MpLoopbackConfig *config,
                                    guint greatest_kbps, MpSdp *answer);
