/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses to walk toward, from hosts and prefixes.
 */
#pragma once

#include "net/wait.h"

#define MP_WALK_TARGETS 8

/* MpAddress, spread over the prefixes; of a host its first one of that family, MP_FAMILY_NONE: of
 * any. Empty where it has none. Free with g_array_unref(). NULL with a status where it cannot be
 * resolved.
 */
GArray *mp_walk_targets_find(const GPtrArray *texts, MpFamily family, const MpNetLimit *limit,
                             MpNetStatus *status);
