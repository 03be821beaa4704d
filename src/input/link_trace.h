/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A mahimahi packet-delivery trace: one line an opportunity, the milliseconds when it comes.
 */
#pragma once

#include <glib.h>

/* Numbers of milliseconds (guint32), at most a million, ascending or equal, from 0 to 24 hours; the
 * last one, after which the trace begins again, is not 0. NULL with MP_ERROR_INPUT
 * "NAME:LINE:COLUMN: ...". */
GArray *mp_link_trace_parse(const char *name, const char *text, gsize length, GError **error);
/* The same from a file; MP_ERROR_INPUT "PATH: ..." where it cannot be read. */
GArray *mp_link_trace_load(const char *path, GError **error);
