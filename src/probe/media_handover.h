/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end's record of a call taken over and joined with ours.
 */
#pragma once

#include "probe/media_call.h"

/* How long the record may take to carry, by the time that the media ran: of the step's time this
 * must be left. */
MpTime mp_media_handover_share(const MpMediaCall *call);
/* There was media, or a handshake that failed: which datagrams came is known to the far end. */
gboolean mp_media_handover_is_due(const MpMediaCall *call);
/* Stops the media. The stage "record". */
void mp_media_handover(MpMediaCall *call);
