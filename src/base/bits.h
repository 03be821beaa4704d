/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bits in bytes, the most significant of a byte first: as in an address, and in maps of ports.
 */
#pragma once

#include <glib.h>

static inline gboolean mp_bit_is_set(const guint8 *bits, guint bit)
{
    return bits[bit / 8] >> (7 - bit % 8) & 1;
}

static inline void mp_bit_put(guint8 *bits, guint bit, gboolean is_set)
{
    const guint8 mask = (guint8)(0x80U >> bit % 8);
    bits[bit / 8] = (guint8)(is_set ? bits[bit / 8] | mask : bits[bit / 8] & ~mask);
}
