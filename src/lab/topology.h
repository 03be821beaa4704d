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

#define MP_LAB_CLIENT "client"
#define MP_LAB_ROUTER "router"
#define MP_LAB_INTERNET "internet"

/* Addresses inside the ranges that the product's requirements name in row 3-1. */
#define MP_LAB_TURN_ADDRESS "168.100.64.10"
#define MP_LAB_TURN_SECOND_ADDRESS "168.100.64.11"
#define MP_LAB_RESPONDER_ADDRESS "216.147.0.20"

typedef struct {
    char **argv;
    char *input; /* its standard input; NULL: none */
} MpLabCommand;

/* MpLabCommand*, in the order to run them. Free with g_ptr_array_unref(). */
GPtrArray *mp_topology_commands(const MpNetwork *network);

/* The same as a shell script reads it. Free with g_free(). */
char *mp_topology_to_text(GPtrArray *commands);
