/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How one row of the profile stands, for one target, service and port.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_REQUIREMENT_MET,
    MP_REQUIREMENT_FAILED,
    MP_REQUIREMENT_UNKNOWN,
    MP_REQUIREMENT_NOT_APPLICABLE,
} MpRequirementState;

typedef struct {
    char *row;
    char *target;   /* host or range */
    char *service;  /* "HTTPS", "STUN", "TURN", "MEDIA", ... */
    char *protocol; /* "tcp" or "udp" */
    char *port;     /* "443" or "1025-65535" */
    MpRequirementState state;
    gboolean is_optional; /* support only: its failure is no failed requirement */
    gboolean is_by_proxy; /* met through the site's proxy */
    char *measurement;    /* id of the evidence; NULL when there is none */
    char *sample;         /* id of what asked some of the ports only; NULL: nothing did */
    guint n_sampled;      /* those */
    double blocked_bound; /* greatest share of all ports that is blocked, at 95 %; NAN: not known */
} MpRequirement;

void mp_requirement_free(MpRequirement *requirement);
const char *mp_requirement_state_name(MpRequirementState state); /* "met", "failed", ... */
