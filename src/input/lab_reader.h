/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far ends of a lab, from the JSON file that MEDIAPATH_LAB names.
 */
#pragma once

#include "model/target.h"

/* Its credentials are in the file itself: it belongs to one run of one lab. A relative ca_file
 * counts from the file's own folder. NULL with MP_ERROR_INPUT "FILE:LINE:COLUMN: what was found,
 * what was expected"; never with a credential in it. */
MpTargets *mp_lab_targets_load(const char *json_path, GError **error);
