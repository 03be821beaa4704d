/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the computer of a call stands to one row of the profile's tables of computers.
 */
#pragma once

#include "model/requirement.h"

typedef struct {
    char *table; /* "host-recording" */
    char *item;  /* "system", "browser", "memory_total_mb", ... */
    MpRequirementState state;
    double limit;     /* NAN: the row has no number */
    double found;     /* NAN: not measured, or no number */
    char *found_text; /* "Windows 10", "Chrome 131"; NULL: not known, or a number */
} MpComputerRow;

MpComputerRow *mp_computer_row_new(const char *table, const char *item);
void mp_computer_row_free(MpComputerRow *row);
