/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath: the table of its subcommands.
 */
#include <locale.h>
#include <mediapath/i18n.h>
#include <signal.h>
#include <string.h>

#include "cli/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"check", mp_cmd_check, N_("says whether this network can carry the call")},
    {"lab", mp_cmd_lab, N_("runs a command inside an emulated network")},
    {"matrix", mp_cmd_matrix, N_("runs a check in every cell of a matrix of networks")},
    {"ports", mp_cmd_ports, N_("says which UDP ports get through")},
    {"profile", mp_cmd_profile, N_("lists, shows and validates requirement profiles")},
    {"report", mp_cmd_report, N_("judges and shows again what a check found")},
    {"responder", mp_cmd_responder, N_("is the far end of a check on a machine of yours")},
};

static char *help_text(void)
{
    GString *text = g_string_new(_("Usage: mediapath COMMAND [ARGUMENTS]"));
    g_string_append(text, "\n\n");
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(text, "  %-10s  %s\n", commands[i].name, _(commands[i].summary));
    g_string_append_printf(text, "\n%s\n%s\n",
                           _("mediapath COMMAND --help tells the options of a command."),
                           _("Without far ends, mediapath check builds a network of its own and "
                             "checks that."));
    return g_string_free(text, FALSE);
}

/* Levenshtein's distance by one row of his table; names of commands are short. */
static guint distance(const char *a, const char *b)
{
    guint row[32];
    gsize length = MIN(strlen(b), G_N_ELEMENTS(row) - 1);
    for (guint j = 0; j <= length; j++)
        row[j] = j;
    for (guint i = 1; a[i - 1]; i++) {
        guint diagonal = row[0];
        row[0] = i;
        for (guint j = 1; j <= length; j++) {
            guint above = row[j];
            guint replaced = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = MIN(replaced, MIN(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[length];
}

static int complain_about(const char *name)
{
    const char *nearest = NULL;
    guint shortest = 3; /* further away is another word */
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (distance(name, commands[i].name) < shortest) {
            shortest = distance(name, commands[i].name);
            nearest = commands[i].name;
        }
    if (nearest)
        mp_command_complain("no command \"%s\"; did you mean \"%s\"?", name, nearest);
    else
        mp_command_complain("no command \"%s\"; mediapath --help lists them", name);
    return MP_EXIT_BAD_INPUT;
}

/* --lang counts before the arguments are parsed, so that --help speaks it too. */
static const char *asked_language(char **argv)
{
    for (guint i = 1; argv[i] && !g_str_equal(argv[i], "--"); i++) {
        if (g_str_has_prefix(argv[i], "--lang="))
            return argv[i] + strlen("--lang=");
        if (g_str_equal(argv[i], "--lang") && argv[i + 1])
            return argv[i + 1];
    }
    return mp_i18n_default();
}

static int run_command(int argc, char **argv)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_str_equal(commands[i].name, argv[1]))
            continue;
        g_autofree char *usage_name = g_strconcat("mediapath ", argv[1], NULL);
        g_set_prgname(usage_name);
        return commands[i].run(argc - 1, argv + 1);
    }
    return complain_about(argv[1]);
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    /* A wrong language is named by the subcommand that has the option. */
    if (!mp_i18n_use(asked_language(argv)))
        mp_i18n_use(NULL);
    /* A reader that has left is an error of the write, not our end. */
    (void)signal(SIGPIPE, SIG_IGN);

    g_autofree char *help = help_text();
    if (argc < 2) {
        g_printerr("%s", help);
        return MP_EXIT_BAD_INPUT;
    }
    if (g_str_equal(argv[1], "--version")) {
        g_print("mediapath %s\n", MP_VERSION);
        return MP_EXIT_OK;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h")) {
        g_print("%s", help);
        return MP_EXIT_OK;
    }
    return run_command(argc, argv);
}
