/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of a network's links the emulator plays, and where it does so.
 */
#pragma once

#include "lab/emulator.h"
#include "lab/network.h"

/* The interfaces in MP_PLACE_LINK that topology.h makes: up0 and down0 of the site's link, up1 and
 * down1 of the second site's, up2 and down2 on the way to the slow name server. */
#define MP_MAX_EMULATED_LINKS 3

/* Fills `links` and returns how many there are. What they point to belongs to the network, but for
 * the slow name server's: that is `slow`, which the caller frees. */
guint mp_emulated_links_of(const MpNetwork *network, MpEmulatedLink *links, MpLink **slow);

/* Starts the emulator, if the network needs one or `truth` (a file descriptor; -1: none) is asked
 * for. Moves the caller into other network namespaces. FALSE with MP_ERROR_UNAVAILABLE. */
gboolean mp_emulated_links_start(const MpNetwork *network, int truth, MpEmulator *emulator,
                                 GError **error);

/* Ends it, if one runs, and returns what people should be told; NULL: nothing. Free with g_free().
 */
char *mp_emulated_links_stop(MpEmulator *emulator);
