/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network's commands, run.
 */
#pragma once

#include "lab/network.h"

/* In the sandbox. FALSE with MP_ERROR_UNAVAILABLE, which names the part of the description that
 * this machine cannot build. */
gboolean mp_network_build(const MpNetwork *network, GError **error);
