/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's media, at one tier of video or at several.
 */
#pragma once

#include "probe/media_call.h"

/* A way that loses more, in percent, is tried with a lower tier. What the losses mean is for
 * analysis to say. */
#define MP_MEDIA_TIER_LOSS 2.0

/* The stage "media". */
gboolean mp_media_run(MpMediaCall *call);
