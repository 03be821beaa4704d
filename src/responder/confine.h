/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a process that faces the network gives up once it has what it needs.
 */
#pragma once

#include <glib.h>

/* Root becomes the user nobody; who cannot (a user namespace without him) gives up all
 * capabilities. `keeps_priority`: all but that to run on time (CAP_SYS_NICE). No program that is
 * run later gets any back. FALSE with MP_ERROR_UNAVAILABLE. */
gboolean mp_confine_privileges(gboolean keeps_priority, GError **error);

/* From here on only what a reflector does with sockets that are open: any other system call kills
 * the process (SIGSYS). FALSE with MP_ERROR_UNAVAILABLE: the kernel has no seccomp. */
gboolean mp_confine_calls(GError **error);
