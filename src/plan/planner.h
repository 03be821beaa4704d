/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From what is to be reached to what is to be done: the steps of a check, with their time limits.
 */
#pragma once

#include "model/profile.h"
#include "model/step.h"
#include "model/target.h"

typedef struct {
    const char *const *only;       /* kinds to run; NULL or empty: all. NULL-terminated */
    const char *const *skip;       /* kinds to leave out; NULL: none. NULL-terminated */
    const char *const *transports; /* names of ways to go; NULL or empty: all. NULL-terminated */
    gboolean is_guest;             /* the role: else host */
    gboolean has_both_families;    /* this computer has routes for IPv4 and for IPv6 */
    guint16 first_port;            /* of the map of UDP ports; 0: 1025 */
    guint16 last_port;             /* 0: 65535 */
    guint port_rate;               /* 0: gentle */
    const char *codec;             /* of the video; NULL: "vp8" */
    const char *const *sessions;   /* names of kinds to measure besides live video; NULL: none */
    MpTime media_time;             /* span of media on the first way that works */
    int capacity_kbps;             /* to measure; 0: what the profile needs, -1: not at all */
    MpTime nat_lifetime;           /* longest span of an idle flow to try; 0: a few seconds */
    MpTime budget;                 /* span of the whole run: no step may take longer */
} MpPlanOptions;

/* MpStep*, in the order in which they are reported; phases do not decrease. Free with
 * g_ptr_array_unref(). Without a stun: URI, each TURN host is asked at UDP 3478. */
GPtrArray *mp_plan_make(const MpTargets *targets, const MpProfile *profile,
                        const MpPlanOptions *options);

/* TRUE for the kinds that `only` and `skip` may name. */
gboolean mp_plan_has_kind(const char *kind);
