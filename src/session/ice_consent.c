/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Consent to send.
 */
#include "session/ice_consent.h"

#define CONSENT_TIME MP_SEC(30)
/* Where the far end is silent as well, or hears nothing of ours. */
#define DOUBT_TIME MP_SEC(8)
#define DOUBT_INTERVAL MP_MSEC(500)
#define LOST_IN_DOUBT 8

gboolean mp_ice_consent_has_ended(const MpIceConsent *consent)
{
    const gboolean is_doubtful = consent->silent >= DOUBT_TIME ||
                                 consent->lost_in_row >= LOST_IN_DOUBT;
    return consent->unanswered >= (is_doubtful ? DOUBT_TIME : CONSENT_TIME);
}

MpTime mp_ice_consent_next_look(const MpIceConsent *consent)
{
    return MAX(DOUBT_TIME - consent->unanswered, DOUBT_INTERVAL);
}
