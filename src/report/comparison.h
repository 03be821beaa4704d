/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways compared by the turns that they took at media.
 */
#pragma once

#include "model/path.h"
#include "report/section.h"

/* {with, rounds, is, rtt_ms, up_loss_percent, down_loss_percent}; the caller owns it. */
JsonObject *mp_comparison_json(const MpComparison *comparison);

/* "RTT +12.3 ms (10.1 to 14.5), loss up ...": what differs. Free with g_free(). */
char *mp_comparison_figures(const MpComparison *comparison);

/* One line a way; nothing where no two were compared. */
void mp_comparison_print(const MpReport *report);
