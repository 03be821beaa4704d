/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's way found by ICE.
 */
#pragma once

#include "probe/media_call.h"

/* The stage "ice"; "permission" in its place when the TURN server forbids the far end. */
gboolean mp_media_ice_connect(MpMediaCall *call);
