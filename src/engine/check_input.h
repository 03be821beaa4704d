/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything that says what to check, read and verified: lab, scenario, options, environment.
 */
#pragma once

#include <mediapath/check.h>

#include "base/time.h"
#include "model/browser.h"
#include "model/profile.h"
#include "model/target.h"

typedef struct {
    MpTargets *targets;
    MpProfile *profile;
    char *role;        /* "host" or "guest" */
    char *lang;        /* "en" or "ja" */
    MpBrowser browser; /* of the caller */
    MpTime media_time;
    gboolean measures_all_capacities;
    MpTime budget;
    MpTime nat_lifetime; /* 0: not asked for */
} MpCheckInput;

/* NULL with MP_ERROR_INPUT for the first thing that is wrong. */
MpCheckInput *mp_check_input_read(const MpCheckConfig *config, GError **error);
void mp_check_input_free(MpCheckInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCheckInput, mp_check_input_free)
