/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Questions about blocks of ports and their repetition.
 */
#include "session/port_sweep_blocks.h"

#include <string.h>

#define TRIES 6

void mp_sweep_blocks_want(MpSweepBlocks *blocks, MpSweepAbout about, guint block, MpTime now)
{
    if (!blocks->cannot_tell[about])
        blocks->blocks[about][block] = (MpSweepBlock){.is_wanted = TRUE, .next = now};
}

static gboolean may_ask(const MpSweepBlocks *blocks, guint about, guint block)
{
    const MpSweepBlock *own = &blocks->blocks[about][block];
    return own->is_wanted && own->tries < TRIES && !blocks->cannot_tell[about];
}

gboolean mp_sweep_blocks_ask(MpSweepBlocks *blocks, MpTime now, MpTime again, MpSweepAbout *about,
                             guint *block)
{
    for (guint i = 0; i < MP_N_SWEEP_ABOUTS * MP_SWEEP_BLOCKS; i++) {
        *about = i / MP_SWEEP_BLOCKS;
        *block = i % MP_SWEEP_BLOCKS;
        MpSweepBlock *own = &blocks->blocks[*about][*block];
        if (!may_ask(blocks, *about, *block) || now < own->next)
            continue;
        own->tries++;
        own->next = again;
        return TRUE;
    }
    return FALSE;
}

void mp_sweep_blocks_told(MpSweepBlocks *blocks, MpSweepAbout about, guint block)
{
    blocks->blocks[about][block].is_wanted = FALSE;
    blocks->is_told[about] = TRUE;
}

MpTime mp_sweep_blocks_deadline(const MpSweepBlocks *blocks)
{
    MpTime deadline = MP_NEVER;
    for (guint about = 0; about < MP_N_SWEEP_ABOUTS; about++)
        for (guint block = 0; block < MP_SWEEP_BLOCKS; block++)
            if (may_ask(blocks, about, block))
                deadline = MIN(deadline, blocks->blocks[about][block].next);
    return deadline;
}

MpTime mp_sweep_blocks_end(const MpSweepBlocks *blocks)
{
    MpTime end = 0;
    for (guint about = 0; about < MP_N_SWEEP_ABOUTS; about++) {
        for (guint block = 0; block < MP_SWEEP_BLOCKS; block++) {
            const MpSweepBlock *own = &blocks->blocks[about][block];
            if (own->is_wanted && !blocks->cannot_tell[about])
                end = MAX(end, may_ask(blocks, about, block) ? MP_NEVER : own->next);
        }
    }
    return end;
}

void mp_sweep_blocks_end_round(MpSweepBlocks *blocks)
{
    for (guint about = 0; about < MP_N_SWEEP_ABOUTS; about++)
        for (guint block = 0; block < MP_SWEEP_BLOCKS; block++)
            blocks->cannot_tell[about] |= blocks->blocks[about][block].tries == TRIES &&
                                          !blocks->is_told[about];
    memset(blocks->blocks, 0, sizeof blocks->blocks);
}
