/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trips of the ways in the same rounds: of the same moments, so that they can be compared.
 */
#pragma once

#include "model/path.h"
#include "report/section.h"

/* {ways, rtt_ms[], p50, spread, missed}; NULL: the way was not compared. The caller owns it. */
JsonObject *mp_rounds_json(const MpPath *path);

/* One line a way; nothing where no two were compared. */
void mp_rounds_print(const MpReport *report);
