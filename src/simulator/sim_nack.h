/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The receiver's list of missing packets: asks for each at once when a later one came, and again
 * each round trip. In virtual time; no allocation a packet.
 */
#pragma once

#include "simulator/chromium_playout.h"

#define MP_SIM_NACK_MOST 1000
/* Sequences whose arrival is remembered. */
#define MP_SIM_NACK_WINDOW 8192

typedef struct {
    guint32 sequence;
    guint n_asked;
    MpTime asked;
} MpSimMissing;

typedef struct {
    const MpChromiumNack *constants;
    MpTime start; /* ticks count from it */
    MpTime round_trip;
    MpTime next_look; /* a tick; MP_NEVER: nothing is missing */
    gboolean has_begun;
    gboolean has_overflowed; /* told by mp_sim_nack_overflowed() */
    guint32 newest;
    guint n_missing;
    guint n_asking;
    MpSimMissing missing[MP_SIM_NACK_MOST]; /* by sequence */
    guint32 asking[2 * MP_SIM_NACK_MOST];   /* not told yet */
    guint32 arrived[MP_SIM_NACK_WINDOW];    /* sequence + 1 */
    guint64 n_asked;
} MpSimNack;

void mp_sim_nack_init(MpSimNack *nack, const MpChromiumNack *constants, MpTime start);

gboolean mp_sim_nack_has(const MpSimNack *nack, guint32 sequence);
/* It is here. `is_repair`: by retransmission or protection, so it tells of no gap before it.
 * Answers how often it had been asked for. */
guint mp_sim_nack_arrived(MpSimNack *nack, MpTime now, guint32 sequence, gboolean is_repair);
/* Something came that was sent after `sequence`, so what is missing until it is late. */
void mp_sim_nack_passed(MpSimNack *nack, MpTime now, guint32 sequence);
/* What is before `sequence` is needed no more. */
void mp_sim_nack_forget_before(MpSimNack *nack, guint32 sequence);

MpTime mp_sim_nack_deadline(const MpSimNack *nack);
void mp_sim_nack_advance(MpSimNack *nack, MpTime now);
/* Moves what is to be asked for into `sequences` (guint32). FALSE: nothing. */
gboolean mp_sim_nack_take(MpSimNack *nack, GArray *sequences);
/* Whether too much was missing since the last call: a key frame is needed. */
gboolean mp_sim_nack_overflowed(MpSimNack *nack);
