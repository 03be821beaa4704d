/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How one row of the profile stands.
 */
#include "model/requirement.h"

static const char *const state_names[] = {"met", "failed", "unknown", "not_applicable"};

void mp_requirement_free(MpRequirement *requirement)
{
    if (!requirement)
        return;
    g_free(requirement->row);
    g_free(requirement->target);
    g_free(requirement->service);
    g_free(requirement->protocol);
    g_free(requirement->port);
    g_free(requirement->measurement);
    g_free(requirement->sample);
    g_free(requirement);
}

const char *mp_requirement_state_name(MpRequirementState state)
{
    return state_names[state];
}
