/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a process that faces the network gives up once it has what it needs.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_CONFINE_ALL = 0,
    MP_CONFINE_BUT_PRIORITY = 1, /* threads may ask to run on time: CAP_SYS_NICE */
    MP_CONFINE_BUT_BINDING = 2,  /* ports below 1024: CAP_NET_BIND_SERVICE */
} MpConfine;

/* Root becomes the user nobody; who cannot (a user namespace without him) stays. Either way the
 * capabilities go, but for those named, and no program that is run later gets any back. Threads
 * that exist keep theirs: to be called before there are any, and again for what was left. FALSE
 * with MP_ERROR_UNAVAILABLE. */
gboolean mp_confine_privileges(MpConfine how, GError **error);

/* From here on only what a reflector does with sockets that are open: any other system call kills
 * the process (SIGSYS). FALSE with MP_ERROR_UNAVAILABLE: the kernel has no seccomp. */
gboolean mp_confine_calls(GError **error);
