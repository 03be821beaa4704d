/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One command that builds a part of a lab, and which part of the description it is for.
 */
#pragma once

#include <glib.h>

/* A line of `input` that starts with "# " names the part that the lines after it are for. */
typedef struct {
    char *part; /* "network", "site: nat"; of lines before the first such comment */
    char **argv;
    char *input; /* its standard input; NULL: none */
} MpLabCommand;

/* MpLabCommand*, in the order to run them. Free with g_ptr_array_unref(). */
GPtrArray *mp_lab_commands_new(void);

/* Copies its arguments. */
void mp_lab_commands_add(GPtrArray *commands, const char *part, const char *const *argv,
                         const char *input);

/* Which part a failed command was at, by the line number in the tool's words: "-:12",
 * "/dev/stdin:12:3-9". Free with g_free(). */
char *mp_lab_command_part(const MpLabCommand *command, const char *said);
