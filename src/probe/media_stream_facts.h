/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's streams as facts.
 */
#pragma once

#include "probe/media_call.h"
#include "probe/media_join.h"

/* "streams" of "up" and "down", and in them how much of what was lost was sent again. Nothing where
 * there is no such direction in `facts`. */
void mp_media_stream_facts(JsonObject *facts, const MpMediaCall *call, const MpMediaJoin *join,
                           const MpMediaRecord *theirs, const MpMediaWindow *windows,
                           gsize n_windows);
