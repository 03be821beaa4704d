/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one place where net/ waits: for a descriptor, a deadline or a cancellable.
 */
#pragma once

#include <gio/gio.h>

#include "base/time.h"
#include "net/status.h"

/* How long a call may take. */
typedef struct {
    MpTime deadline;           /* on mp_clock_now(); MP_NEVER: none */
    GCancellable *cancellable; /* NULL: none */
} MpNetLimit;

/* TRUE when `fd` is ready for `events` (poll(2)) or has an error to tell. At the deadline the
 * status is MP_NET_SILENT, also when there would still be something to read. */
gboolean mp_net_wait(int fd, short events, const MpNetLimit *limit, MpNetStatus *status);
