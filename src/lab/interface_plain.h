/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network interfaces without offloads. On a veth these let packets of up to 64 KiB through, with
 * checksums that nobody has computed: an emulator would see neither real packets nor be able to
 * spoil one.
 */
#pragma once

#include <glib.h>

/* Turns off segmentation, merging and checksum offloads of an interface in the caller's network
 * namespace. Both ends of an emulated wire need it. FALSE with MP_ERROR_UNAVAILABLE. */
gboolean mp_interface_plain(const char *name, GError **error);

/* The same for all interfaces there but lo. */
gboolean mp_interface_plain_all(GError **error);
