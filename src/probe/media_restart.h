/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An ICE restart of a call under way, by WHIP: RFC 9725 section 4.3.3.
 */
#pragma once

#include "probe/media_call.h"

/* The media has ended, or will not come back. */
gboolean mp_media_restart_is_over(const MpMediaCall *call);
/* It is over, or a restart is wanted. */
gboolean mp_media_restart_needs_a_look(const MpMediaCall *call);
/* Runs for that long, restarting ICE where the call's watch wants it, which is told how that ended.
 * TRUE: the media is over. */
gboolean mp_media_restart_run_for(MpMediaCall *call, MpTime span);
