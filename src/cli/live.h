/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Progress on standard error: what runs now in one line that is rewritten where it is a terminal,
 * one line for each finished step in any case.
 */
#pragma once

#include <mediapath/check.h>

typedef struct _MpLive MpLive;

MpLive *mp_live_new(gboolean is_terminal, gboolean use_color);
void mp_live_free(MpLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpLive, mp_live_free)

/* An MpCheckProgress; `user_data` is the MpLive. */
void mp_live_show(const MpCheckEvent *event, gpointer user_data);
