/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ctrl-C ends a check early, with what was measured; a second one ends the process.
 */
#pragma once

#include <gio/gio.h>

/* From now on SIGINT and SIGTERM cancel `cancellable`. Call it before any other thread starts, and
 * once; it lasts until the process ends. */
void mp_interrupt_watch(GCancellable *cancellable);
