/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the profile lists for a firewall to let through, and the rules that would open it.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Adds every range of the rows of TURN, without those that lie inside another: char*. */
void mp_listed_add_ranges(const MpProfile *profile, GPtrArray *addresses);
/* The ports of media; NULL: it lists none. Free with g_free(). */
char *mp_listed_media_ports(const MpProfile *profile);

/* Adds "rules" to the numbers of a finding about closed ports that is this site's. */
void mp_listed_add_rules(const MpProfile *profile, const MpResult *result, MpFinding *finding);
