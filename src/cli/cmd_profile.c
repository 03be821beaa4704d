/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath profile: the requirements as data.
 */
#include <mediapath/i18n.h>
#include <mediapath/profile.h>

#include "cli/command.h"
#include "cli/output.h"

#define DEFAULT_PROFILE "bellface"

/* `argument` is what followed the verb; NULL: nothing. */
typedef gboolean (*ProfileAction)(const char *argument, const char *lang, GError **error);

static gboolean list(const char *unused, const char *also_unused, GError **error)
{
    (void)unused;
    (void)also_unused;
    g_auto(GStrv) names = mp_profile_names();
    g_autofree char *lines = g_strjoinv("\n", names);
    g_autofree char *text = g_strconcat(lines, "\n", NULL);
    return mp_output_write("-", text, error);
}

static gboolean show(const char *name, const char *lang, GError **error)
{
    g_autofree char *text = mp_profile_show(name ? name : DEFAULT_PROFILE, lang, error);
    return text && mp_output_write("-", text, error);
}

static gboolean validate(const char *name, const char *unused, GError **error)
{
    (void)unused;
    if (!mp_profile_validate(name, error))
        return FALSE;
    g_autofree char *text = g_strdup_printf(_("%s is valid\n"), name);
    return mp_output_write("-", text, error);
}

static const struct {
    const char *verb;
    ProfileAction run;
    int least_arguments;
    int most_arguments;
} actions[] = {
    {"list", list, 0, 0},
    {"show", show, 0, 1},
    {"validate", validate, 1, 1},
};

static int run_action(int argc, char **argv, const char *lang, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions) && argc > 1; i++) {
        if (!g_str_equal(actions[i].verb, argv[1]))
            continue;
        int n_arguments = argc - 2;
        if (n_arguments < actions[i].least_arguments || n_arguments > actions[i].most_arguments)
            break;
        return actions[i].run(argv[2], lang, error) ? MP_EXIT_OK : mp_command_fail(*error);
    }
    mp_command_complain("expected: mediapath profile list | show [NAME|FILE] | validate NAME|FILE");
    return MP_EXIT_BAD_INPUT;
}

int mp_cmd_profile(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *lang = NULL;
    const GOptionEntry entries[] = {
        {"lang", 0, 0, G_OPTION_ARG_STRING, &lang, N_("en or ja"), "LANGUAGE"},
        G_OPTION_ENTRY_NULL,
    };
    if (!mp_command_parse("profile list | show [NAME|FILE] | validate NAME|FILE",
                          _("Lists, shows and validates requirement profiles."), entries, &argc,
                          &argv, &error) ||
        !mp_command_check_language(lang, &error))
        return mp_command_fail(error);
    return run_action(argc, argv, lang ? lang : mp_i18n_default(), &error);
}
