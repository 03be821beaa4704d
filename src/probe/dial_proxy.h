/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way through a site's proxy to a server's TCP port. For dial.c.
 */
#pragma once

#include "probe/dial.h"

/* Adds the stages proxy_connect (name and TCP of the proxy) and proxy (what it answered, with its
 * code), and the fact proxy. NULL when one broke, or with an error. */
MpNetTransport *mp_dial_proxy(MpMeasurement *measurement, const MpDialGoal *goal,
                              const MpNetLimit *limit, GError **error);

/* The same through the proxy at `address`; adds nothing. */
MpNetTransport *mp_dial_proxy_again(const MpAddress *address, const MpDialGoal *goal,
                                    const MpNetLimit *limit, MpNetStatus *status);
