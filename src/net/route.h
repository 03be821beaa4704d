/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which IP versions lead out of this computer.
 */
#pragma once

#include "base/address.h"

/* Whether the kernel has a route to the internet of that family and an address to send from. It
 * proves nothing about what is behind the first router; nothing is sent. */
gboolean mp_net_has_route(MpFamily family);
