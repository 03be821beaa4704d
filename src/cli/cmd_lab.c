/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath lab: any command inside an emulated network.
 */
#include <errno.h>
#include <fcntl.h>
#include <mediapath/error.h>
#include <unistd.h>

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

static int print(const MpNetwork *network, char *(*to_text)(const MpNetwork *), GError **error)
{
    g_autofree char *text = to_text(network);
    return mp_output_write("-", text, error) ? MP_EXIT_OK : -1;
}

/* The lab forks, and only the link emulator writes to it: the command inherits nothing. */
static int open_truth(const char *path, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s cannot be written: %s", path,
                    g_strerror(errno));
    return fd;
}

static int run_lab(const MpNetwork *network, char **command, const char *truth_path, GError **error)
{
    int truth = truth_path ? open_truth(truth_path, error) : -1;
    if (truth_path && truth < 0)
        return -1;
    int code = mp_lab_run(network, (const char *const *)command, truth, error);
    if (truth >= 0)
        close(truth);
    return code;
}

int mp_cmd_lab(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    gboolean only_print = FALSE;
    gboolean only_describe = FALSE;
    g_autofree char *truth = NULL;
    const GOptionEntry entries[] = {
        {"print", 0, 0, G_OPTION_ARG_NONE, &only_print,
         N_("print what would be run to build the network, and run nothing"), NULL},
        {"describe", 0, 0, G_OPTION_ARG_NONE, &only_describe,
         N_("print what MEDIAPATH_LAB would name, without credentials, and run nothing"), NULL},
        {"truth", 0, 0, G_OPTION_ARG_FILENAME, &truth,
         N_("write to FILE what the emulated links do to each packet (JSON Lines)"), "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    char **command = cut_command(&argc, argv);
    if (!mp_command_parse(SYNOPSIS,
                          _("Runs a command in an emulated network with real servers; "
                            "MEDIAPATH_LAB then names a file that describes them."),
                          entries, &argc, &argv, &error))
        return mp_command_fail(error);
    if (argc != 2 || (!command && !only_print && !only_describe)) {
        mp_command_complain("expected: mediapath " SYNOPSIS
                            ", or --print or --describe and NETWORK");
        return MP_EXIT_BAD_INPUT;
    }

    g_autoptr(MpNetwork) network = mp_network_load(argv[1], &error);
    int code = -1;
    if (network && (only_print || only_describe))
        code = print(network, only_print ? mp_lab_plan : mp_lab_describe, &error);
    else if (network)
        code = run_lab(network, command, truth, &error);
    return code < 0 ? mp_command_fail(error) : code;
}
