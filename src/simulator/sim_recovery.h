/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What protection packets give back: when all packets but one that one covers are here, the last
 * one is made, which may help another. In virtual time; no allocation a packet.
 */
#pragma once

#include "simulator/sim_nack.h"
#include "simulator/sim_packet.h"

/* Protection packets that wait for a packet; the oldest makes room. */
#define MP_SIM_RECOVERY_PENDING 64

/* All zero: nothing waits. */
typedef struct {
    MpSimCover pending[MP_SIM_RECOVERY_PENDING]; /* members: those that are missing */
    guint n_pending;
} MpSimRecovery;

/* A protection packet came; what is here already `arrived` knows. */
void mp_sim_recovery_protection(MpSimRecovery *recovery, const MpSimNack *arrived,
                                const MpSimCover *cover);
/* Media packet `sequence` is here. */
void mp_sim_recovery_media(MpSimRecovery *recovery, guint32 sequence);
/* The next media packet that can be made; FALSE: none. To be told by mp_sim_recovery_media(). */
gboolean mp_sim_recovery_next(MpSimRecovery *recovery, guint32 *sequence);
