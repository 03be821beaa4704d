/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people call the words of the model, in the language of mp_i18n_use().
 */
#pragma once

#include "model/outcome.h"
#include "model/session_type.h"
#include "model/way.h"

/* "UDP, direct", "TURN over TCP". */
const char *mp_way_text(MpWay way);
/* "works", "no answer", "credentials rejected". */
const char *mp_outcome_text(MpOutcome outcome);
/* A stage of facts.stages: "TLS handshake". A name that is not known stands for itself. */
const char *mp_stage_text(const char *name);
/* "Live video". */
const char *mp_session_text(MpSessionType type);
