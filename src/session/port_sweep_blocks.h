/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a sweep asks the far end about whole blocks of ports: which it saw, and at which it answers
 * at all. Few, large questions over ports that are known to be open; each is repeated until its
 * answer comes, some times at most.
 */
#pragma once

#include "base/time.h"
#include "session/port_sweep_evidence.h"

typedef enum {
    MP_SWEEP_ABOUT_PORT, /* an ordinary question */
    MP_SWEEP_ABOUT_SEEN,
    MP_SWEEP_ABOUT_SERVED,
} MpSweepAbout;

#define MP_N_SWEEP_ABOUTS (MP_SWEEP_ABOUT_SERVED + 1)

typedef struct {
    gboolean is_wanted;
    guint tries;
    MpTime next;
} MpSweepBlock;

typedef struct {
    MpSweepBlock blocks[MP_N_SWEEP_ABOUTS][MP_SWEEP_BLOCKS];
    gboolean is_told[MP_N_SWEEP_ABOUTS];
    gboolean cannot_tell[MP_N_SWEEP_ABOUTS]; /* this far end does not know the question */
} MpSweepBlocks;

/* Nothing where the far end cannot tell. */
void mp_sweep_blocks_want(MpSweepBlocks *blocks, MpSweepAbout about, guint block, MpTime now);
/* FALSE: none is due. Else it counts as asked, and once more at `again`. */
gboolean mp_sweep_blocks_ask(MpSweepBlocks *blocks, MpTime now, MpTime again, MpSweepAbout *about,
                             guint *block);
void mp_sweep_blocks_told(MpSweepBlocks *blocks, MpSweepAbout about, guint block);

/* When one will be due; MP_NEVER: none. */
MpTime mp_sweep_blocks_deadline(const MpSweepBlocks *blocks);
/* When the last answer can be given up; MP_NEVER while one has tries left, 0 when all came. */
MpTime mp_sweep_blocks_end(const MpSweepBlocks *blocks);
/* Forgets what was wanted. A question that never had an answer is not asked any more. */
void mp_sweep_blocks_end_round(MpSweepBlocks *blocks);
