/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * gettext in a language of our choice, whatever locales the machine has.
 */
#include "base/i18n.h"

#include <locale.h>

static const struct {
    const char *lang;
    const char *locale; /* "C" never translates; any other locale heeds LANGUAGE */
} languages[] = {
    {"en", "C"},
    {"ja", "C.UTF-8"},
};

void mp_i18n_init(void)
{
    const char *directory = g_getenv("MEDIAPATH_LOCALEDIR");
    bindtextdomain(MP_GETTEXT_DOMAIN, directory && *directory ? directory : MP_LOCALEDIR);
    bind_textdomain_codeset(MP_GETTEXT_DOMAIN, "UTF-8");
}

gboolean mp_i18n_use(const char *lang)
{
    mp_i18n_init();
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        if (!g_str_equal(languages[i].lang, lang ? lang : "en"))
            continue;
        g_setenv("LANGUAGE", languages[i].lang, TRUE);
        /* gettext keeps what it looked up until a locale really changes: hence both calls. */
        (void)setlocale(LC_MESSAGES, "C");
        return setlocale(LC_MESSAGES, languages[i].locale) != NULL;
    }
    return FALSE;
}

const char *mp_i18n_default(void)
{
    const char *const *names = g_get_language_names_with_category("LC_MESSAGES");
    return g_str_has_prefix(names[0], "ja") ? "ja" : "en";
}
