/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Spans of a call. A packet belongs to the one in which it left, and to no other.
 */
#pragma once

#include <glib.h>

#include "base/time.h"

/* On this end's CLOCK_REALTIME, from `first` until before `last`. */
typedef struct {
    MpTime first;
    MpTime last;
    guint round; /* of those that ways take in turn, from 0 */
} MpMediaWindow;

/* Of any call. */
#define MP_MEDIA_ALWAYS ((MpMediaWindow){G_MININT64 / 4, G_MAXINT64 / 4, 0})

gboolean mp_media_window_has(const MpMediaWindow *window, MpTime left);

/* The window that is measured from `now` on, at the end of `windows` (MpMediaWindow, which follow
 * one another). Media that has not rested since the last one, `rested` being when it did, goes on
 * in that one; or, where rounds `are_apart`, in one that begins where that one ends. */
void mp_media_window_open(GArray *windows, MpTime now, MpTime rested, guint round,
                          gboolean are_apart);
