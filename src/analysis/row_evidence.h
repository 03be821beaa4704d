/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a measurement proves about the services of a row of the requirements.
 */
#pragma once

#include "analysis/evidence.h"
#include "model/profile.h"

/* What one measurement proves, and about which port. */
typedef struct {
    MpReach reach;
    MpAddress server;
    const char *host;  /* the server's name as it was given; NULL: unknown */
    MpAddress relay;   /* MP_FAMILY_NONE: none */
    gboolean is_whole; /* about every port of the search, not about server.port alone */
    guint n_sampled;   /* ports of a sample that tells nothing of any other port; 0: it is none */
    double blocked_bound; /* of a sample: greatest share of all ports that is blocked; NAN */
} MpRowEvidence;

/* About what: the ports of a row of the profile. */
typedef struct {
    const MpProfile *profile;
    const MpRequirementRow *row;
    MpPortRange ports;
} MpRowQuestion;

/* FALSE: it says nothing about that service of the row. */
typedef gboolean (*MpReadRowEvidence)(const MpResult *result, const MpMeasurement *measurement,
                                      const MpRowQuestion *question, MpRowEvidence *evidence);

/* STUN: a Binding answer, RFC 8489. */
gboolean mp_row_evidence_stun(const MpResult *result, const MpMeasurement *measurement,
                              const MpRowQuestion *question, MpRowEvidence *evidence);
/* TURN: an Allocate answer, RFC 8656. */
gboolean mp_row_evidence_turn(const MpResult *result, const MpMeasurement *measurement,
                              const MpRowQuestion *question, MpRowEvidence *evidence);
/* MEDIA: a call straight to the far end's port, a far end's or a relay's map of its ports, or a
 * walk that shows what does not leave. */
gboolean mp_row_evidence_media_ports(const MpResult *result, const MpMeasurement *measurement,
                                     const MpRowQuestion *question, MpRowEvidence *evidence);
