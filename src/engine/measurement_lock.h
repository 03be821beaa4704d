/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks on one computer that would disturb each other's media take turns: who runs several at a
 * time names one file to all of them in MEDIAPATH_MEASUREMENT_LOCK.
 */
#pragma once

#include <gio/gio.h>

#include "base/time.h"

/* The file that is locked (flock(2)) while media is measured. */
#define MP_MEASUREMENT_LOCK_VARIABLE "MEDIAPATH_MEASUREMENT_LOCK"
/* A file of this check alone, locked (fcntl(2), F_OFD_SETLK) while it waits: so that who limits its
 * time can stop the clock meanwhile. */
#define MP_MEASUREMENT_WAIT_VARIABLE "MEDIAPATH_MEASUREMENT_WAIT"

/* Waits for our turn; gives up when `cancellable` is cancelled. The lock to release, or -1: there
 * is none to take. Adds the wait to `waited`. The lock dies with this process. */
int mp_measurement_lock_take(GCancellable *cancellable, MpTime *waited);
/* Takes -1. */
void mp_measurement_lock_release(int lock);
