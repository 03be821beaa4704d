/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of the lab's TURN server. Pure text.
 */
#pragma once

#include "lab/far_ends.h"

/* `password` stands where the server's password belongs. Free with g_free(), or wipe it first. */
char *mp_coturn_config(const MpFarEnds *far_ends, const MpLabTurn *turn, const char *password);
