/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much protection (ULPFEC) goes with video: the factor from the worst loss lately, the rate and
 * the height, and the packets that a group of frames gets for it. In virtual time.
 */
#pragma once

#include "simulator/chromium_playout.h"
#include "simulator/sim_packet.h"

#define MP_SIM_PROTECTION_WINDOWS 10
#define MP_SIM_PROTECTION_MOST 48 /* packets for a group */

typedef struct {
    const MpChromiumProtection *constants;
    gboolean is_on;
    guint windows[MP_SIM_PROTECTION_WINDOWS]; /* worst loss of each, of 256 */
    guint n_windows;
    guint worst; /* of the present window */
    MpTime window_end;
    guint delta_factor; /* of 256 media packets */
    guint key_factor;
    guint most_frames;
    guint least_packets;
    /* The group that is open. */
    guint n_frames;
    guint n_media;
    guint32 first_sequence;
    guint largest; /* bytes */
    gboolean has_key;
} MpSimProtection;

/* `is_on`: FALSE: never any. */
void mp_sim_protection_init(MpSimProtection *protection, const MpChromiumProtection *constants,
                            gboolean is_on, MpTime start);
/* `target_bps`: video's share with its protection; `loss`: 0 to 1. */
void mp_sim_protection_set(MpSimProtection *protection, MpTime now, double target_bps, double loss,
                           MpTime round_trip, double fps, guint pixels);
/* A frame was sent: how many packets follow it, in `packets`. */
guint mp_sim_protection_frame(MpSimProtection *protection, const MpSimFrame *frame,
                              MpSimPacket packets[MP_SIM_PROTECTION_MOST]);
