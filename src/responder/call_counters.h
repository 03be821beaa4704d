/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this end counted of a call that goes back to its sender, as JSON: docs/RESPONDER.md and
 * scenarios/schema/counters.schema.json describe it.
 */
#pragma once

#include "session/media_session.h"

/* `began` is mp_clock_now() of the offer. NULL: the call is none that goes back. Free with
 * g_free(). */
char *mp_call_counters_write(MpMediaSession *session, MpTime began, MpTime now);
