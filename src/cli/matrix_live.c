/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Progress of a matrix.
 */
#include "cli/matrix_live.h"

#include "cli/command.h"
#include "cli/terminal.h"
#include "matrix/cell_difference.h"
#include "matrix/words.h"

struct _MpMatrixLive {
    gboolean is_terminal;
    gboolean use_color;
    char *last; /* what the rewritten line says */
};

MpMatrixLive *mp_matrix_live_new(gboolean is_terminal, gboolean use_color)
{
    MpMatrixLive *live = g_new0(MpMatrixLive, 1);
    live->is_terminal = is_terminal;
    live->use_color = use_color;
    return live;
}

void mp_matrix_live_free(MpMatrixLive *live)
{
    if (!live)
        return;
    if (live->is_terminal)
        g_printerr(MP_TERMINAL_ERASE_LINE);
    g_free(live->last);
    g_free(live);
}

static gboolean is_good(const MpCellRecord *record)
{
    return record->state == MP_CELL_DONE && record->answer != MP_ANSWER_DIFFERENT;
}

static void print_finished(const MpMatrixLive *live, const MpMatrixProgress *progress,
                           const MpCellRecord *record)
{
    const char *mark = is_good(record) ? "ok  " : "FAIL";
    const char *color = is_good(record) ? MP_TERMINAL_GREEN : MP_TERMINAL_RED;
    g_autofree char *trouble = mp_cell_trouble(record);
    g_printerr("%s%s%s  [%u/%u]  %s: %s%s%s (%.1f s)\n", live->use_color ? color : "", mark,
               live->use_color ? MP_TERMINAL_PLAIN : "", progress->n_finished, progress->n_cells,
               record->id, record->verdict ? mp_cell_word(record) : "",
               record->verdict && trouble ? "; " : "", trouble ? trouble : "",
               record->duration_ms / 1000);
}

/* "1:05:09", "5:09". */
static char *clock_text(MpTime span)
{
    gint64 seconds = (span + MP_SEC(1) / 2) / MP_SEC(1);
    int hours = (int)(seconds / 3600);
    int minutes = (int)(seconds / 60 % 60);
    int rest = (int)(seconds % 60);
    return hours ? g_strdup_printf("%d:%02d:%02d", hours, minutes, rest)
                 : g_strdup_printf("%d:%02d", minutes, rest);
}

static char *status_line(const MpMatrixProgress *progress)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "[%u/%u]", progress->n_finished, progress->n_cells);
    if (progress->n_different + progress->n_failed > 0)
        g_string_append_printf(line, _("  %u not as they should be"),
                               progress->n_different + progress->n_failed);
    MpTime remaining = mp_matrix_progress_remaining(progress);
    if (remaining > 0) {
        g_autofree char *text = clock_text(remaining);
        g_string_append_printf(line, _("  about %s left"), text);
    }
    for (guint i = 0; i < progress->running->len; i++)
        g_string_append_printf(line, "%s%s", i ? ", " : "  ",
                               (const char *)progress->running->pdata[i]);
    return g_string_free(line, FALSE);
}

void mp_matrix_live_show(const MpMatrixProgress *progress, const MpCellRecord *finished,
                         gpointer user_data)
{
    MpMatrixLive *live = user_data;
    g_autofree char *line = live->is_terminal ? status_line(progress) : NULL;
    if (!finished && g_strcmp0(line, live->last) == 0)
        return;
    if (live->is_terminal)
        g_printerr(MP_TERMINAL_ERASE_LINE);
    if (finished)
        print_finished(live, progress, finished);
    if (live->is_terminal)
        g_printerr(MP_TERMINAL_NO_WRAP "%s" MP_TERMINAL_WRAP, line);
    g_free(live->last);
    live->last = g_steal_pointer(&line);
}
