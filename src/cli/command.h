/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The subcommands. Each parses its own arguments (argv[0] is its name) and returns the exit code.
 */
#pragma once

#include <glib.h>
#include <libintl.h>

#include "config.h"

#define _(text) dgettext(MP_GETTEXT_DOMAIN, text)
#define N_(text) text

enum {
    MP_EXIT_OK = 0,
    MP_EXIT_BAD_INPUT = 2,
    MP_EXIT_FAILED = 3, /* the work could not be carried out */
};

int mp_cmd_check(int argc, char **argv);
int mp_cmd_lab(int argc, char **argv);
int mp_cmd_matrix(int argc, char **argv);
int mp_cmd_ports(int argc, char **argv);
int mp_cmd_profile(int argc, char **argv);
int mp_cmd_report(int argc, char **argv);
int mp_cmd_responder(int argc, char **argv);

/* Takes the options out of the arguments. `synopsis` is the command's name and its arguments:
 * "check [SCENARIO.yaml]". Ends the process after --help. */
gboolean mp_command_parse(const char *synopsis, const char *summary, const GOptionEntry *entries,
                          int *argc, char ***argv, GError **error);

/* FALSE with MP_ERROR_INPUT when it is no language of ours; NULL is fine. */
gboolean mp_command_check_language(const char *lang, GError **error);

/* "mediapath: MESSAGE" on standard error. */
void mp_command_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same for an error; returns the exit code that goes with it. */
int mp_command_fail(const GError *error);
