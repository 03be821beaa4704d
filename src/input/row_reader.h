/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One row of a profile: which hosts, ranges and ports must be open for what.
 */
#pragma once

#include "input/yaml.h"
#include "model/profile.h"

/* `node` is an entry of "requirements" that fits the schema. A row that names no source or date
 * has the profile's. NULL with MP_ERROR_INPUT where its values make no sense. */
MpRequirementRow *mp_requirement_row_read(const MpYaml *yaml, MpYamlNode *node,
                                          const MpProfile *profile, GError **error);

/* The text of {en: ..., ja: ...}. */
void mp_text_read(MpText *text, MpYamlNode *node);

/* FALSE with MP_ERROR_INPUT unless the value of `key`, if there is one, is a day of the calendar.
 */
gboolean mp_date_check(const MpYaml *yaml, MpYamlNode *mapping, const char *key, GError **error);
