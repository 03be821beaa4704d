/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this machine keeps from a thread: turns that others have, and cores that are taken away.
 */
#pragma once

#include "base/time.h"

/* Since the thread, or the machine, began; only differences mean something. */
typedef struct {
    MpTime run_queue; /* the thread was ready and did not run: /proc/thread-self/schedstat */
    MpTime stolen;    /* of an average core, by the machine below this one: /proc/stat; the system
                       * counts in steps of 10 ms */
} MpStrain;

/* Of the calling thread. FALSE, with nothing written: this system does not tell. */
gboolean mp_strain_read(MpStrain *strain);
