/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a pair may still be sent to: consent, RFC 7675 section 5.1, by what was seen of it.
 * libnice 0.1.21 takes two lost checks for its end, which a full queue loses while media passes.
 * Pure.
 */
#pragma once

#include <glib.h>

#include "base/time.h"

typedef struct {
    MpTime
        unanswered; /* since an authentic answer to a check came, or since the pair was selected */
    MpTime silent;  /* since anything else of the far end came */
    guint lost_in_row; /* checks of ours, which are many only in trouble */
} MpIceConsent;

gboolean mp_ice_consent_has_ended(const MpIceConsent *consent);
/* After how long it is to be looked at again. */
MpTime mp_ice_consent_next_look(const MpIceConsent *consent);
