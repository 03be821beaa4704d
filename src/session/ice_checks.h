/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our own checks of a nominated pair, RFC 7675 and RFC 8445 section 7.2: requests, answers, and the
 * account of them. The agent's checks tell neither their times nor the address that the far end
 * saw. Opens no socket and reads no clock.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"

/* RFC 7675 section 5.1: five seconds, each wait randomised by a factor of 0.8 to 1.2. */
#define MP_CONSENT_INTERVAL MP_SEC(5)

typedef struct _MpIceChecks MpIceChecks;

/* `lost` counts those that are older than two seconds. */
typedef struct {
    guint sent;
    guint answered;
    guint lost;
    guint lost_in_row;  /* since the last answer */
    MpTime longest_gap; /* between answers, or from the first check on; 0: nothing was answered */
    MpTime last_answer; /* 0: none */
} MpIceCheckCounts;

/* The far end's and our own user fragment; the far end's password is the key of both ways. */
MpIceChecks *mp_ice_checks_new(const char *their_ufrag, const char *our_ufrag,
                               const char *their_pwd);
void mp_ice_checks_free(MpIceChecks *checks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpIceChecks, mp_ice_checks_free)

/* Writes the next request, of at most 256 bytes; its length, 0 when it does not fit. */
gsize mp_ice_checks_write(MpIceChecks *checks, MpTime now, guint8 *buffer, gsize capacity);

/* TRUE when the message answers one of our requests, whatever it says. `mapped` is our address as
 * the far end saw it; its family is NONE where the answer does not vouch for one. */
gboolean mp_ice_checks_take(MpIceChecks *checks, const guint8 *data, gsize length, MpTime now,
                            MpAddress *mapped);

MpIceCheckCounts mp_ice_checks_counts(const MpIceChecks *checks, MpTime now);
