/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A profile read and written out for people: where input meets report.
 */
#include <mediapath/profile.h>

#include "input/profile_reader.h"
#include "report/profile_text.h"

char *mp_profile_show(const char *name_or_path, const char *lang, GError **error)
{
    g_return_val_if_fail(name_or_path, NULL);
    g_autoptr(MpProfile) profile = mp_profile_load(name_or_path, error);
    return profile ? mp_profile_text(profile, lang) : NULL;
}
