/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One cell as the journal has it.
 */
#include "matrix/journal.h"

static const char *const names[MP_N_CELL_STATES] = {
    [MP_CELL_PENDING] = "pending",
    [MP_CELL_RUNNING] = "running",
    [MP_CELL_DONE] = "done",
    [MP_CELL_FAILED] = "failed",
};

const char *mp_cell_state_name(MpCellState state)
{
    g_assert(state < MP_N_CELL_STATES);
    return names[state];
}

MpCellRecord *mp_cell_record_new(const char *id, guint index)
{
    MpCellRecord *record = g_new0(MpCellRecord, 1);
    record->id = g_strdup(id);
    record->index = index;
    record->is_mine = TRUE;
    record->exit = -1;
    return record;
}

void mp_cell_record_free(MpCellRecord *record)
{
    if (!record)
        return;
    char *texts[] = {record->id,      record->parameters, record->expected,
                     record->network, record->started,    record->finished,
                     record->verdict, record->findings,   record->error};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(record);
}
