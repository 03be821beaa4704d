/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines that take smaller packets than the others, and the routers before them. The limit is a
 * route's, not an interface's, which would also drop what arrives.
 */
#pragma once

#include "lab/gateway.h"

/* " mtu lock 1400" for a route of `ip`; "" without a limit. Free with g_free(). */
char *mp_path_mtu_words(const MpMtu *mtu);

/* Of two lines one after the other, the narrower. */
MpMtu mp_path_mtu_narrower(const MpMtu *one, const MpMtu *other);

/* The nftables tables that keep a gateway silent about packets too large for a line with a black
 * hole (RFC 2923 section 2.1). */
void mp_path_mtu_append_silence(GString *text, const MpGateway *gateway, const MpNetwork *network);
