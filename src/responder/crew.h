/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The threads that calls run in: one a processor, each with a loop over the contexts of many calls.
 */
#pragma once

#include "base/loop.h"

typedef struct _MpCrew MpCrew;

MpCrew *mp_crew_new(void);
/* Waits until every call has left. */
void mp_crew_free(MpCrew *crew);

/* The loop with the fewest calls, for one more; its thread is begun when it is needed first. NULL
 * when the process is out of descriptors. From the owner's thread. */
MpLoop *mp_crew_join(MpCrew *crew);
/* From any thread. */
void mp_crew_leave(MpCrew *crew, const MpLoop *loop);
