/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much the way of a call carries, both ways at once.
 */
#pragma once

#include "probe/media_call.h"

/* The stage "capacity", after the media; nothing where the step does not ask for it. The media
 * rests meanwhile and after it. Never FALSE: what came before stands. */
gboolean mp_media_capacity(MpMediaCall *call);
/* All that the narrower direction carries, kbps; NAN: not known, or there may be any amount more.
 */
double mp_media_capacity_most(const MpMediaCall *call);
