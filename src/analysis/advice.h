/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way that a browser takes, what it loses by it, and the one change that gives a better one.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Replaces result->advice. Reads result->paths and result->findings.
 *
 * From a relay over TCP or TLS the smallest step up is one UDP port to the relay, then the direct
 * way; from a relay over UDP it is the direct way. Where no way is left, the first in that order
 * that one change alone would open: a port counts for nothing as long as the server behind it is
 * down or refuses the credentials. The firewall rule names the profile's address ranges, or the
 * server itself where that lies outside of them. */
void mp_analysis_advice(MpResult *result, const MpProfile *profile);
