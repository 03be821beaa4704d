/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A requirement profile as text for people.
 */
#pragma once

#include "model/profile.h"

/* Every row, limit, table and note, in 80 columns; `lang` is "en" or "ja". Ends in a newline. Free
 * with g_free(). */
char *mp_profile_text(const MpProfile *profile, const char *lang);
