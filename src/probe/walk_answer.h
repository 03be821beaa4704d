/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel's error queue tells, in the words of a TTL walk.
 */
#pragma once

#include "net/ttl_sockets.h"
#include "session/ttl_walk.h"

/* FALSE: it does not say who it is from. */
gboolean mp_walk_answer_read(MpTtlAnswer *answer, const MpTtlNews *news);
