/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kinds of session that a forecast is made for.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_SESSION_LIVE_VIDEO,
    MP_SESSION_SCREEN_SHARE,
    MP_SESSION_VIRTUAL_BACKGROUND,
} MpSessionType;

#define MP_N_SESSION_TYPES (MP_SESSION_VIRTUAL_BACKGROUND + 1)

/* "live_video", "screen_share", "virtual_background". */
const char *mp_session_type_name(MpSessionType type);
gboolean mp_session_type_parse(MpSessionType *type, const char *name);
