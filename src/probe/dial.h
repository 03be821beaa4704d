/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a server's URI to an open transport, stage by stage, straight or through a proxy.
 */
#pragma once

#include "net/transport.h"
#include "probe/probe.h"

/* Where to, and how. Lent for the time of a call. */
typedef struct {
    const MpServerUri *server;
    const char *server_name;  /* that its certificate must bear; NULL: the server's host */
    const MpTargets *targets; /* trust anchors, and the proxy's URL and login */
    MpFamily family;          /* of the server's address: see mp_server_addresses() */
    gboolean is_proxied;      /* through targets->proxy_url, which must be there */
    MpTime reach_limit;       /* span of resolve, and of connect or proxy; 0: the limit of all */
} MpDialGoal;

/* Of a step with a server. */
MpDialGoal mp_dial_goal(const MpStep *step, const MpProbeContext *context);

/* Adds a stage to the measurement for each thing it does: resolve, connect and tls; through a proxy
 * proxy_connect, proxy and tls. Facts: server_address, local_address, tls and proxy. NULL when a
 * stage broke, or with an error when this machine could not do it. Over UDP there is nothing to
 * connect: having no route breaks the stage "binding", and with DTLS, whose handshake is the stage
 * "tls" as well, that one. */
MpNetTransport *mp_dial(MpMeasurement *measurement, const MpDialGoal *goal, const MpNetLimit *limit,
                        GError **error);

/* The same again to the address that answered, for a second connection; adds nothing. */
MpNetTransport *mp_dial_again(const MpNetTransport *first, const MpDialGoal *goal,
                              const MpNetLimit *limit, MpNetStatus *status);

/* The limit of one stage before TLS that begins now. */
MpNetLimit mp_dial_reach_limit(const MpDialGoal *goal, const MpNetLimit *limit);

/* For every stage of a probe: adds it with the outcome of `status`. FALSE with an error where the
 * status is MP_NET_UNAVAILABLE; else TRUE. */
gboolean mp_dial_add_failure(MpMeasurement *measurement, const char *stage, MpTime took,
                             const MpNetStatus *status, GError **error);
