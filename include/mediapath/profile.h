/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The requirement profiles.
 */
#pragma once

#include <mediapath/export.h>

G_BEGIN_DECLS

/* NULL-terminated names of the built-in profiles. Free with g_strfreev(). */
MP_PUBLIC char **mp_profile_names(void);

/* Loads a built-in name or a YAML file and checks it against the schema. FALSE with an error
 * (exit code 2) "FILE:LINE:COLUMN: what was found, what was expected". */
MP_PUBLIC gboolean mp_profile_validate(const char *name_or_path, GError **error);

/* Every row as text for people; `lang` is "en" or "ja". NULL with an error as above. Free with
 * g_free(). */
MP_PUBLIC char *mp_profile_show(const char *name_or_path, const char *lang, GError **error);

G_END_DECLS
