/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses to walk toward, from hosts and prefixes.
 */
#pragma once

#include "net/wait.h"

#define MP_WALK_TARGETS 8

/* MpAddress of one family, spread over the prefixes; hosts are resolved. Free with g_array_unref().
 * NULL with a status where a host cannot be resolved and nothing else is there. */
GArray *mp_walk_targets_find(const GPtrArray *texts, const MpNetLimit *limit, MpNetStatus *status);
