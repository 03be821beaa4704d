/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work of a virtual background beside a call: a thread that takes frame after frame at a
 * camera's pace.
 */
#pragma once

#include <glib.h>

typedef struct _MpBackgroundThread MpBackgroundThread;

MpBackgroundThread *mp_background_thread_start(guint fps);
/* Ends and frees it. Returns how long each frame took, double, ms; free with g_array_unref(). */
GArray *mp_background_thread_stop(MpBackgroundThread *work);
