/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps the kernel from answering a STAMP datagram to a port without a socket with "port
 * unreachable", while a raw socket answers it.
 */
#pragma once

#include <glib.h>

/* A table of nftables of our own, which the kernel removes when the descriptor is closed, however
 * the process ends. -1 with MP_ERROR_UNAVAILABLE, without CAP_NET_ADMIN for one. */
int mp_reflect_quiet(GError **error);
