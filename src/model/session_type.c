/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of the session types.
 */
#include "model/session_type.h"

static const char *const names[MP_N_SESSION_TYPES] = {
    [MP_SESSION_LIVE_VIDEO] = "live_video",
    [MP_SESSION_SCREEN_SHARE] = "screen_share",
    [MP_SESSION_VIRTUAL_BACKGROUND] = "virtual_background",
};

const char *mp_session_type_name(MpSessionType type)
{
    g_assert(type < MP_N_SESSION_TYPES);
    return names[type];
}

gboolean mp_session_type_parse(MpSessionType *type, const char *name)
{
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        if (g_str_equal(names[i], name)) {
            *type = (MpSessionType)i;
            return TRUE;
        }
    return FALSE;
}
