/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath lab: any command inside an emulated network.
 */
#include <mediapath/error.h>

#include "cli/command.h"
#include "cli/output.h"
#include "lab/lab.h"

#define SYNOPSIS "lab NETWORK|NETWORK.yaml -- COMMAND [ARGUMENT...]"

/* Cuts the arguments at "--" and returns what follows; NULL when nothing does. */
static char **cut_command(int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (!g_str_equal(argv[i], "--"))
            continue;
        argv[i] = NULL;
        *argc = i;
        return argv[i + 1] ? argv + i + 1 : NULL;
    }
    return NULL;
}

static int print_plan(const MpNetwork *network, GError **error)
{
    g_autofree char *plan = mp_lab_plan(network);
    return mp_output_write("-", plan, error) ? MP_EXIT_OK : -1;
}

int mp_cmd_lab(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    gboolean only_print = FALSE;
    const GOptionEntry entries[] = {
        {"print", 0, 0, G_OPTION_ARG_NONE, &only_print,
         N_("print what would be run to build the network, and run nothing"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    char **command = cut_command(&argc, argv);
    if (!mp_command_parse(SYNOPSIS,
                          _("Runs a command in an emulated network with real servers; "
                            "MEDIAPATH_LAB then names a file that describes them."),
                          entries, &argc, &argv, &error))
        return mp_command_fail(error);
    if (argc != 2 || (!command && !only_print)) {
        mp_command_complain("expected: mediapath " SYNOPSIS ", or --print NETWORK");
        return MP_EXIT_BAD_INPUT;
    }

    g_autoptr(MpNetwork) network = mp_network_load(argv[1], &error);
    int code = -1;
    if (network)
        code = only_print ? print_plan(network, &error)
                          : mp_lab_run(network, (const char *const *)command, &error);
    return code < 0 ? mp_command_fail(error) : code;
}
