/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many datagrams at once: received from a socket, reflected, sent back from the address and port
 * that they were sent to.
 */
#pragma once

#include "responder/reflect_socket.h"
#include "responder/stamp_reflector.h"

typedef struct _MpReflectBatch MpReflectBatch;

MpReflectBatch *mp_reflect_batch_new(void);

/* Answers what waits at the socket, at most one batch of it. TRUE where more may wait. */
gboolean mp_reflect_batch_run(MpReflectBatch *batch, MpReflectSocket *socket,
                              MpStampReflector *reflector);
