/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After a walk over the ports: which parts of the prefixes leave, asked of one address of each.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "base/bytes.h"
#include "net/ttl_sockets.h"
#include "session/ttl_walk.h"

typedef struct {
    const GPtrArray *texts; /* char*: hosts and prefixes; hosts do not count */
    const MpTtlFacts *found;
    MpTtlSockets *sockets;
    MpBytes payload;
} MpWalkPrefixes;

/* facts.prefixes {parts, passed, blocked [prefix], unknown, blocked_bound_percent?}; nothing where
 * the texts have no prefix of that family, or the walk found no UDP port that gets through. */
void mp_walk_prefixes_ask(JsonObject *facts, const MpWalkPrefixes *question,
                          const MpNetLimit *limit);
