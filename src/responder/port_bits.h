/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A set of UDP ports as 65,536 bits, in the order of base/bits.h.
 */
#pragma once

#include <glib.h>

void mp_port_bits_set_range(guint8 *bits, guint first, guint last, gboolean is_in);
guint mp_port_bits_count(const guint8 *bits, guint first, guint last);

/* The last ports that the kernel chooses from when a program asks for any: udp(7). */
#define MP_PORT_HEADROOM 512
void mp_port_headroom(guint16 *first, guint16 *last);
