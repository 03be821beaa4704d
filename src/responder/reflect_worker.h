/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process that reflects until its control pipe closes.
 */
#pragma once

#include "responder/reflect_socket.h"
#include "responder/stamp_reflector.h"

typedef struct _MpReflectWorker MpReflectWorker;

/* All is lent. NULL with errno. Lives as long as its process. */
MpReflectWorker *mp_reflect_worker_new(const GArray *sockets, int control,
                                       MpStampReflector *reflector);

/* Serves the sockets; returns when `control` has been closed at its other end. Makes no system call
 * that mp_confine_calls() forbids. */
void mp_reflect_worker_run(MpReflectWorker *worker);
