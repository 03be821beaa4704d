/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an answerer sends of what an offer asks for.
 */
#pragma once

#include <glib.h>

/* MpStreamSpec in and out, the same ones: every set that would take more than `greatest_kbps` is
 * brought down to it. Nothing asked for is one Opus-like stream. Free with g_array_unref(). */
GArray *mp_media_grant(const GArray *asked, guint greatest_kbps);
