/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changed under a call, as facts of its measurement.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "session/media_session.h"

/* "events", "outage_ms", "restarts" and "consent"; times count from `began`. Nothing where no media
 * came. */
void mp_media_changes_note(JsonObject *facts, MpMediaSession *session, MpTime began);
