/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the emulator is to play in a network, for people. Pure text.
 */
#pragma once

#include "lab/network.h"

/* Lines like shell comments, for it is no command; "" without an emulated link. Free with g_free().
 */
char *mp_link_text(const MpNetwork *network);
