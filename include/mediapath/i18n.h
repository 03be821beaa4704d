/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The language of the sentences that the library makes.
 */
#pragma once

#include <mediapath/export.h>

G_BEGIN_DECLS

/* Says where the translations are: the directory that the environment variable MEDIAPATH_LOCALEDIR
 * names, else the installed one. The calls below do this by themselves. */
MP_PUBLIC void mp_i18n_init(void);

/* "en" or "ja"; NULL is "en". FALSE for any other: then nothing changes. It sets the process's
 * LC_MESSAGES and the variable LANGUAGE, which makes translations work on a machine that has no
 * Japanese locale; call it while no other thread translates or reads the environment. */
MP_PUBLIC gboolean mp_i18n_use(const char *lang);

/* What the user's own locale asks for: "ja" or "en". */
MP_PUBLIC const char *mp_i18n_default(void);

G_END_DECLS
