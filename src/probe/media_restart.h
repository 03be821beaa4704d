/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An ICE restart of a call under way, by WHIP: RFC 9725 section 4.3.3.
 */
#pragma once

#include "probe/media_call.h"

/* One attempt, where the call's watch wants one; it is told how it ended. */
void mp_media_restart_if_wanted(MpMediaCall *call);
