/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands that make a network out of its description. Pure: runs nothing.
 *
 *   client ---- lan ---- router (NAT, firewall) ---- wan ---- internet (TURN server, responder)
 *   10.10.0.2   10.10.0.1             203.0.113.2    203.0.113.1   168.100.64.10, .11
 *                                                                  216.147.0.20
 */
#pragma once

#include "lab/network.h"

typedef struct {
    char **argv;
    char *input; /* its standard input; NULL: none */
} MpLabCommand;

/* MpLabCommand*, in the order to run them. Free with g_ptr_array_unref(). */
GPtrArray *mp_topology_commands(const MpNetwork *network);

/* The same as a shell script reads it. Free with g_free(). */
char *mp_topology_to_text(GPtrArray *commands);
