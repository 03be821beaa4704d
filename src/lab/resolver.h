/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where commands in a lab look up host names: its name servers, instead of the machine's.
 */
#pragma once

#include "lab/far_ends.h"

/* Covers /etc/resolv.conf and /etc/hosts for the caller's mount namespace, whose /run is empty.
 * FALSE with MP_ERROR_UNAVAILABLE. */
gboolean mp_resolver_cover(const MpFarEnds *far_ends, GError **error);
