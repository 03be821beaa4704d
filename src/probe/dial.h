/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a server's URI to an open transport: the stages resolve, connect and tls.
 */
#pragma once

#include "model/measurement.h"
#include "net/transport.h"

/* Adds a stage to the measurement for each thing it does, and the facts server_address,
 * local_address and tls. NULL when a stage broke, or with an error when this machine could not do
 * it. Over UDP there is nothing to connect: having no route breaks the stage "binding". */
MpNetTransport *mp_dial(MpMeasurement *measurement, const MpServerUri *server, const char *ca_file,
                        const MpNetLimit *limit, GError **error);

/* The same again to the address that answered, for a second connection; adds nothing. */
MpNetTransport *mp_dial_again(const MpNetTransport *first, const MpServerUri *server,
                              const char *ca_file, const MpNetLimit *limit, MpNetStatus *status);

/* For every stage of a probe: adds it with the outcome of `status`. FALSE with an error where the
 * status is MP_NET_UNAVAILABLE; else TRUE. */
gboolean mp_dial_add_failure(MpMeasurement *measurement, const char *stage, MpTime took,
                             const MpNetStatus *status, GError **error);
