/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much the ways carry.
 */
#pragma once

#include "report/section.h"

/* A line for each way that was measured. */
void mp_capacity_print(const MpReport *report);
