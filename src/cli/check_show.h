/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A check that is seen: progress while it runs, then what it found.
 */
#pragma once

#include <mediapath/check.h>

#include "cli/result_show.h"

/* NULL with an error where the check could not be carried out or the result not be written. */
MpResult *mp_check_show(const MpCheckConfig *config, const MpResultShow *show, GError **error);

/* Seconds of an option; `text` NULL leaves `seconds` as it is. */
gboolean mp_check_parse_seconds(double *seconds, const char *name, const char *text, double most,
                                GError **error);
