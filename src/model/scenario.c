/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A scenario with nothing said yet.
 */
#include "model/scenario.h"

MpScenario *mp_scenario_new(void)
{
    MpScenario *scenario = g_new0(MpScenario, 1);
    scenario->targets = mp_targets_new();
    return scenario;
}

void mp_scenario_free(MpScenario *scenario)
{
    if (!scenario)
        return;
    g_free(scenario->profile);
    g_free(scenario->role);
    mp_targets_free(scenario->targets);
    g_free(scenario);
}
