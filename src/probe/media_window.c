/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Spans of a call.
 */
#include "probe/media_window.h"

gboolean mp_media_window_has(const MpMediaWindow *window, MpTime left)
{
    return left >= window->first && left < window->last;
}

void mp_media_window_open(GArray *windows, MpTime now, MpTime rested, guint round,
                          gboolean are_apart)
{
    const MpMediaWindow *before = windows->len > 0
                                      ? &g_array_index(windows, MpMediaWindow, windows->len - 1)
                                      : NULL;
    const gboolean goes_on = before && before->last > rested;
    if (goes_on && !are_apart)
        return;
    const MpTime first = goes_on ? before->last : now;
    const MpMediaWindow window = {.first = first, .last = first, .round = round};
    g_array_append_val(windows, window);
}
