/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each name server says about a host, asked one by one in a thread of its own while the host
 * itself is visited.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "net/wait.h"

typedef struct _MpWebAnswers MpWebAnswers;

/* Asks the system's name servers and then `resolvers` (MpAddress; lent until the end) for A and
 * AAAA. NULL: no thread could be started. */
MpWebAnswers *mp_web_answers_start(const char *host, const GArray *resolvers,
                                   const MpNetLimit *limit);

/* Waits for it, frees it (NULL: nothing happens) and sets the facts: dns (one entry a question),
 * addresses (what the system's servers said) and, where it can be said, name_answers: "private",
 * or compared with the second resolvers "same", "overlapping", "different" or "missing". */
void mp_web_answers_finish(MpWebAnswers *answers, JsonObject *facts);

/* The comparison alone: MpAddress of IPv4 from the system's servers and from the second ones. NULL:
 * nothing can be said. */
const char *mp_web_answers_compare(const GArray *system, const GArray *second);
