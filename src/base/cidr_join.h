/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fewest prefixes that cover the same addresses.
 */
#pragma once

#include "base/address.h"

/* MpCidr; sorts and joins in place. */
void mp_cidr_join(GArray *cidrs);

/* "168.100.64.0/18". Free with g_free(). */
char *mp_cidr_to_string(const MpCidr *cidr);
