/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's signalling: offer and answer by WHIP.
 */
#pragma once

#include "probe/media_call.h"

/* The stage "whip"; "resolve" in its place when the name was all that failed. */
gboolean mp_media_signal(MpMediaCall *call);
/* What became of a request to the responder. */
MpOutcome mp_media_signal_outcome(const MpHttpReply *reply);
