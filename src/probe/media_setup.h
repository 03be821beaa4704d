/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's two ends of software made ready, and its own addresses gathered.
 */
#pragma once

#include "probe/media_call.h"

/* FALSE with an error for what the network has no part in. */
gboolean mp_media_setup(MpMediaCall *call, GError **error);
/* The stage "gather". */
gboolean mp_media_setup_gather(MpMediaCall *call);

/* The same way once more, for an ICE restart: from the addresses that this computer has now. FALSE:
 * it has none towards the relay. */
gboolean mp_media_setup_again(const MpMediaCall *call, MpIceConfig *ice);
/* Waits until `ice`, which gathers, has what the way needs; NULL, or what is missing. */
const char *mp_media_setup_await_candidates(MpMediaCall *call, const MpIceSession *ice);
