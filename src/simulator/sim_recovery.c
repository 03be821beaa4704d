/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What protection packets give back: sums of packets (RFC 5109), solved one unknown at a time.
 */
#include "simulator/sim_recovery.h"

#include <string.h>

static void forget(MpSimRecovery *recovery, guint place)
{
    recovery->n_pending--;
    memmove(&recovery->pending[place], &recovery->pending[place + 1],
            (recovery->n_pending - place) * sizeof recovery->pending[0]);
}

static guint64 missing_of(const MpSimCover *cover, const MpSimNack *arrived)
{
    guint64 missing = 0;
    for (guint64 left = cover->members; left; left &= left - 1) {
        guint place = (guint)__builtin_ctzll(left);
        if (!mp_sim_nack_has(arrived, cover->first_sequence + place))
            missing |= G_GUINT64_CONSTANT(1) << place;
    }
    return missing;
}

void mp_sim_recovery_protection(MpSimRecovery *recovery, const MpSimNack *arrived,
                                const MpSimCover *cover)
{
    guint64 missing = missing_of(cover, arrived);
    if (missing == 0)
        return;

    if (recovery->n_pending == MP_SIM_RECOVERY_PENDING)
        forget(recovery, 0);
    recovery->pending[recovery->n_pending++] = (MpSimCover){.first_sequence = cover->first_sequence,
                                                            .members = missing};
}

void mp_sim_recovery_media(MpSimRecovery *recovery, guint32 sequence)
{
    for (guint i = recovery->n_pending; i-- > 0;) {
        MpSimCover *cover = &recovery->pending[i];
        guint32 place = sequence - cover->first_sequence;
        if (place >= 64)
            continue;
        cover->members &= ~(G_GUINT64_CONSTANT(1) << place);
        if (cover->members == 0)
            forget(recovery, i);
    }
}

gboolean mp_sim_recovery_next(MpSimRecovery *recovery, guint32 *sequence)
{
    for (guint i = 0; i < recovery->n_pending; i++) {
        const MpSimCover *cover = &recovery->pending[i];
        if (cover->members & (cover->members - 1))
            continue;
        *sequence = cover->first_sequence + (guint)__builtin_ctzll(cover->members);
        return TRUE;
    }
    return FALSE;
}
