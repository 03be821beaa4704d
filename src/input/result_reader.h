/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * result.json, read back: what was measured. What follows from it is judged again.
 */
#pragma once

#include "input/yaml.h"
#include "model/result.h"

/* "-" is standard input. The result has its run, environment, plan and measurements, and the models
 * of paths[]; the rest is as mp_result_new() makes it. NULL with MP_ERROR_INPUT
 * "FILE:LINE:COLUMN: /place: what was found, what was expected". */
MpResult *mp_result_read(const char *path, GError **error);

/* The same of a text; `name` stands for FILE in messages. */
MpResult *mp_result_parse(const char *name, const char *text, gsize length, GError **error);
