/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the host names of a row stand, by the measurements of kind "web". For requirements.c.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

gboolean mp_requirements_is_web(const char *service);

/* Adds an entry for each host and for each of HTTPS and WSS that the row names. FALSE: none of its
 * hosts was asked, and nothing was added. */
gboolean mp_requirements_add_web(MpResult *result, const MpProfile *profile,
                                 const MpRequirementRow *row);
