/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A row about the computer of which nothing is known yet.
 */
#include "model/computer_row.h"

#include <math.h>

MpComputerRow *mp_computer_row_new(const char *table, const char *item)
{
    MpComputerRow *row = g_new0(MpComputerRow, 1);
    row->table = g_strdup(table);
    row->item = g_strdup(item);
    row->state = MP_REQUIREMENT_UNKNOWN;
    row->limit = row->found = NAN;
    return row;
}

void mp_computer_row_free(MpComputerRow *row)
{
    if (!row)
        return;
    g_free(row->table);
    g_free(row->item);
    g_free(row->found_text);
    g_free(row);
}
