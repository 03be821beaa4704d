/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sets of UDP ports.
 */
#include "responder/port_bits.h"

#include <stdio.h>

#include "base/bits.h"

void mp_port_bits_set_range(guint8 *bits, guint first, guint last, gboolean is_in)
{
    for (guint port = first; port <= last; port++)
        mp_bit_put(bits, port, is_in);
}

guint mp_port_bits_count(const guint8 *bits, guint first, guint last)
{
    guint n_ports = 0;
    for (guint port = first; port <= last; port++)
        n_ports += mp_bit_is_set(bits, port);
    return n_ports;
}

void mp_port_headroom(guint16 *first, guint16 *last)
{
    guint lowest = 32768;
    guint highest = 60999;
    g_autofree char *text = NULL;
    if (g_file_get_contents("/proc/sys/net/ipv4/ip_local_port_range", &text, NULL, NULL))
        (void)sscanf(text, "%5u %5u", &lowest, &highest);
    highest = CLAMP(highest, MP_PORT_HEADROOM, G_MAXUINT16);
    *last = (guint16)highest;
    *first = (guint16)CLAMP(lowest, highest - MP_PORT_HEADROOM + 1, highest);
}
