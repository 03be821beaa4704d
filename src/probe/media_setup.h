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
