/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets that arrive behind a later one, RFC 4737, and second copies of a packet.
 * Fed one arrival at a time, in order of arrival.
 */
#pragma once

#include <glib.h>

typedef struct _MpReordering MpReordering;

MpReordering *mp_reordering_new(void);
void mp_reordering_free(MpReordering *reordering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpReordering, mp_reordering_free)

/* `sequence` is unwrapped by the caller: it grows with every packet sent. */
void mp_reordering_add(MpReordering *reordering, guint32 sequence);

/* Type-P-Reordered ratio, RFC 4737 section 4.1: reordered of all that arrived, a packet's second
 * copy not counted. NAN when nothing arrived. */
double mp_reordering_percent(const MpReordering *reordering);
/* Arrivals of a packet that had arrived before. */
gsize mp_reordering_duplicates(const MpReordering *reordering);
