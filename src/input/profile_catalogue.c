/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The built-in profiles, and whether a profile is a good one.
 */
#include <mediapath/profile.h>

#include "input/builtin.h"
#include "input/profile_reader.h"

char **mp_profile_names(void)
{
    return mp_builtin_names("profiles", ".yaml");
}

gboolean mp_profile_validate(const char *name_or_path, GError **error)
{
    g_return_val_if_fail(name_or_path, FALSE);
    g_autoptr(MpProfile) profile = mp_profile_load(name_or_path, error);
    return profile != NULL;
}
