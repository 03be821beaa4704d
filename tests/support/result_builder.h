/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Results and a profile made by hand, for tests of what is judged and reported.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

#define BUILT_TURN "168.100.64.10"
#define BUILT_RESPONDER "216.147.0.20"

/* What each step of a check saw. NULL: as on a healthy network; "": not planned; "not_run"; else
 * its stages, "NAME OUTCOME [CODE] [DETAIL]" divided by commas: "resolve answered, binding silent".
 * Media over a relay whose own step was not answered is not run. */
typedef struct {
    const char *stun;     /* UDP 3478 of the TURN server's host */
    const char *turn_udp; /* 3478 */
    const char *turn_tcp; /* 3478 */
    const char *turn_tls; /* 443 */
    const char *media_udp;
    const char *media_turn_udp;
    const char *media_turn_tcp;
    const char *media_turn_tls;
} BuiltCase;

/* The plan and the measurements, not judged yet. */
MpResult *built_result(const BuiltCase *built);
/* One more measurement of a server. `kind` "stun" or "turn". */
MpMeasurement *built_server(MpResult *result, const char *kind, MpTransport transport,
                            const char *host, guint16 port, const char *stages);
/* A host of the allow-list that was visited. */
MpMeasurement *built_web(MpResult *result, const char *host, const char *stages);
/* A far end's map of ports 1025-65535, `blocked` of which are blocked outward: "3000-3999 5000"; ""
 * is none. */
MpMeasurement *built_ports(MpResult *result, const char *address, const char *blocked);
/* Lent, to change: the measurement of that id must be there. */
MpMeasurement *built_measurement(MpResult *result, const char *id);
/* Sets the members of a JSON object in the measurement's facts, replacing those there. */
void built_facts(MpMeasurement *measurement, const char *json);

/* Rows 1-1 and 2-1 (HTTPS), 1-3 (host only), 1-7 and 3-1; limits for all sessions, and
 * cpu_headroom for the virtual background. */
MpProfile *built_profile(void);
/* The limit of that metric in a session, lent, to change. */
MpLimit *built_limit(MpProfile *profile, MpSessionType type, const char *metric);

/* Judges it by built_profile(); the same result. */
MpResult *built_judged(MpResult *result);
/* NULL: there is no such finding. */
const MpFinding *built_find(const MpResult *result, const char *id);
/* The one finding there is; it must have that id. */
const MpFinding *built_only(const MpResult *result, const char *id);
/* What a finding's sentences may quote. */
const char *built_text(const MpFinding *finding, const char *name);
double built_number(const MpFinding *finding, const char *name);
