/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's netem (tc-netem(8)) as the other backend of a link's description. Pure: runs
 * nothing. It has its own random numbers, so the seed does not hold, and its queue counts packets;
 * what it cannot do at all input/link_reader.h has refused.
 */
#pragma once

#include "lab/lab_command.h"
#include "lab/network.h"

/* Adds the commands for a link whose backend is netem: at the router's wan what goes up, at the
 * carrier's interface what comes down. */
void mp_netem_add_commands(GPtrArray *commands, const MpNetwork *network);

/* One direction as a command line. Free with g_strfreev(). */
char **mp_netem_command(const char *place, const char *interface,
                        const MpLinkConditions *conditions);
