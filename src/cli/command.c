/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all subcommands do alike: options and errors.
 */
#include "cli/command.h"

#include <mediapath/error.h>
#include <stdarg.h>
#include <string.h>

gboolean mp_command_parse(const char *synopsis, const char *summary, const GOptionEntry *entries,
                          int *argc, char ***argv, GError **error)
{
    gsize length = strcspn(synopsis, " ");
    const char *arguments = synopsis + length;
    g_autofree char *name = g_strdup_printf("mediapath %.*s", (int)length, synopsis);
    g_set_prgname(name);
    g_autoptr(GOptionContext) context = g_option_context_new(*arguments ? arguments + 1 : NULL);
    g_option_context_set_translation_domain(context, MP_GETTEXT_DOMAIN);
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, MP_GETTEXT_DOMAIN);
    return g_option_context_parse(context, argc, argv, error);
}

gboolean mp_command_check_language(const char *lang, GError **error)
{
    static const char *const languages[] = {"en", "ja", NULL};
    if (!lang || g_strv_contains(languages, lang))
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "--lang \"%s\", expected en or ja", lang);
    return FALSE;
}

void mp_command_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_printerr("mediapath: %s\n", message);
}

int mp_command_fail(const GError *error)
{
    mp_command_complain("%s", error->message);
    gboolean is_input = g_error_matches(error, MP_ERROR, MP_ERROR_INPUT);
    return is_input || error->domain == G_OPTION_ERROR ? MP_EXIT_BAD_INPUT : MP_EXIT_FAILED;
}
