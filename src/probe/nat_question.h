/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the questions about a NAT have in common: a STUN server, several sockets toward it, and
 * long silences between packets.
 */
#pragma once

#include "net/datagram.h"
#include "probe/probe.h"

/* Puts facts and stages into the measurement, and returns before the limit. */
typedef void (*MpNatQuestion)(MpMeasurement *measurement, const MpStep *step,
                              const MpAddress *server, const MpNetLimit *limit, GError **error);

/* Asks the step's server, once its name is known. NULL with an error as every probe. */
MpMeasurement *mp_nat_question_ask(const MpStep *step, const MpProbeContext *context,
                                   MpNatQuestion question, GError **error);

/* `n_sockets` (32 at most) MpDatagram* toward the server, whose own addresses go to `locals`. NULL
 * with a status. Free with g_ptr_array_unref(). */
GPtrArray *mp_nat_question_sockets(const MpAddress *server, guint n_sockets, MpAddress *locals,
                                   MpNetStatus *status);

/* Until one of them can be read, but not longer than an interruption may wait. */
void mp_nat_question_wait(const GPtrArray *sockets, MpTime until);
