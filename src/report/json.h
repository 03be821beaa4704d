/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A result as the tree of result.json.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <mediapath/report.h>

/* Members in a fixed order; what was not measured is absent. The sentences of the findings are in
 * the language of mp_i18n_use(). The caller owns it: json_object_unref(). */
JsonObject *mp_result_to_json(const MpResult *result);
