/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the user asks to be checked: a named set of far ends, a profile and how long to take.
 */
#pragma once

#include "model/target.h"

typedef struct {
    char *profile;      /* built-in name or path; NULL: not said */
    char *role;         /* "host" or "guest"; NULL: not said */
    double media_s;     /* 0: not said */
    double deadline_s;  /* 0: not said */
    MpTargets *targets; /* `label` is the scenario's name */
} MpScenario;

MpScenario *mp_scenario_new(void);
void mp_scenario_free(MpScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpScenario, mp_scenario_free)
