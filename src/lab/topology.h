/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands that make a network out of its description (who is where: places.h). Pure: runs
 * nothing.
 */
#pragma once

#include "lab/lab_command.h"
#include "lab/network.h"

/* MpLabCommand*, in the order to run them. Free with g_ptr_array_unref(). */
GPtrArray *mp_topology_commands(const MpNetwork *network);

/* The same as a shell script reads it. Free with g_free(). */
char *mp_topology_to_text(GPtrArray *commands);
