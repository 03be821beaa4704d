/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath lab: any command inside an emulated network.
 */
#include <errno.h>
#include <fcntl.h>
#include <mediapath/error.h>
#include <mediapath/i18n.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/output.h"
#include "lab/lab.h"

#define SYNOPSIS "lab NETWORK|NETWORK.yaml -- COMMAND [ARGUMENT...]"
#define WITHOUT_COMMAND "--list, or --print or --describe and NETWORK"

typedef struct {
    char *truth, *lang;
    gboolean lists, prints, describes;
} Options;

static void clear_options(Options *options)
{
    g_free(options->truth);
    g_free(options->lang);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean parse_options(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"list", 0, 0, G_OPTION_ARG_NONE, &options->lists,
         N_("list the built-in networks and run nothing"), NULL},
        {"print", 0, 0, G_OPTION_ARG_NONE, &options->prints,
         N_("print what would be run to build the network, and run nothing"), NULL},
        {"describe", 0, 0, G_OPTION_ARG_NONE, &options->describes,
         N_("print what MEDIAPATH_LAB would name, without credentials, and run nothing"), NULL},
        {"truth", 0, 0, G_OPTION_ARG_FILENAME, &options->truth,
         N_("write to FILE what the emulated links do to each packet (JSON Lines)"), "FILE"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options->lang, N_("en or ja"), "LANGUAGE"},
        G_OPTION_ENTRY_NULL,
    };
    return mp_command_parse(SYNOPSIS,
                            _("Runs a command in an emulated network with real servers; "
                              "MEDIAPATH_LAB then names a file that describes them."),
                            entries, argc, argv, error);
}

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

static gboolean check_arguments(const Options *options, int argc, char *const *command,
                                GError **error)
{
    gboolean runs = !options->lists && !options->prints && !options->describes;
    gboolean names_network = argc == 2;
    if (!mp_command_check_language(options->lang, error))
        return FALSE;
    if (argc <= 2 && names_network == !options->lists && (!runs || command))
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "expected: mediapath " SYNOPSIS ", or " WITHOUT_COMMAND);
    return FALSE;
}

static int print(const MpNetwork *network, char *(*to_text)(const MpNetwork *), GError **error)
{
    g_autofree char *text = to_text(network);
    return mp_output_write("-", text, error) ? MP_EXIT_OK : -1;
}

static int list(const char *lang, GError **error)
{
    g_autofree char *text = mp_network_list(lang, error);
    return text && mp_output_write("-", text, error) ? MP_EXIT_OK : -1;
}

/* The lab forks, and only the link emulator writes to it: the command inherits nothing. */
static int open_truth(const char *path, GError **error)
{
    int fd = g_str_equal(path, "-") ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                    : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
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

static int run(const Options *options, const char *name, char **command, GError **error)
{
    if (options->lists)
        return list(options->lang ? options->lang : mp_i18n_default(), error);
    g_autoptr(MpNetwork) network = mp_network_load(name, error);
    if (!network)
        return -1;
    if (options->prints || options->describes)
        return print(network, options->prints ? mp_lab_plan : mp_lab_describe, error);
    return run_lab(network, command, options->truth, error);
}

int mp_cmd_lab(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    char **command = cut_command(&argc, argv);
    if (!parse_options(&options, &argc, &argv, &error) ||
        !check_arguments(&options, argc, command, &error))
        return mp_command_fail(error);
    int code = run(&options, argv[1], command, &error);
    return code < 0 ? mp_command_fail(error) : code;
}
