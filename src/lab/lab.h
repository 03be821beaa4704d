/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a command at the client's place of an emulated network with real servers.
 */
#pragma once

#include "lab/network.h"

/* Set to "1" for the stand-in over loopback also where the kernel allows namespaces. */
#define MP_LAB_LOOPBACK_VARIABLE "MEDIAPATH_LAB_LOOPBACK"

/* Builds the network, runs `argv` in it with MEDIAPATH_LAB in its environment, and takes everything
 * down again. The command's exit status, or 128 + the signal that ended it; -1 with
 * MP_ERROR_UNAVAILABLE when the network cannot be built and MP_ERROR_INPUT when the command cannot
 * be run. What its links do to each packet is written to the file descriptor `truth` (-1: nowhere).
 * Call it while the process has one thread: it forks. */
int mp_lab_run(const MpNetwork *network, const char *const *argv, int truth, GError **error);

/* The commands and files that mp_lab_run() would use, as text with placeholders for secrets. Free
 * with g_free(). */
char *mp_lab_plan(const MpNetwork *network);

/* The JSON text of the file that MEDIAPATH_LAB would name, with "***" for credentials. Free with
 * g_free(). */
char *mp_lab_describe(const MpNetwork *network);
