/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One command that builds a part of a lab, as a value.
 */
#include "lab/lab_command.h"

#include <string.h>

#define COMMENT "# "

static void command_free(gpointer data)
{
    MpLabCommand *command = data;
    g_free(command->part);
    g_strfreev(command->argv);
    g_free(command->input);
    g_free(command);
}

GPtrArray *mp_lab_commands_new(void)
{
    return g_ptr_array_new_with_free_func(command_free);
}

void mp_lab_commands_add(GPtrArray *commands, const char *part, const char *const *argv,
                         const char *input)
{
    MpLabCommand *command = g_new0(MpLabCommand, 1);
    command->part = g_strdup(part);
    command->argv = g_strdupv((char **)argv);
    command->input = g_strdup(input);
    g_ptr_array_add(commands, command);
}

/* `ip -batch -` and `nft -f -` name their input so; 0: neither is there. */
static guint64 find_line_number(const char *said)
{
    static const char *const names[] = {"/dev/stdin:", "-:"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *name = strstr(said, names[i]);
        if (name && g_ascii_isdigit(name[strlen(names[i])]))
            return g_ascii_strtoull(name + strlen(names[i]), NULL, 10);
    }
    return 0;
}

char *mp_lab_command_part(const MpLabCommand *command, const char *said)
{
    const char *part = command->part;
    guint64 number = command->input ? find_line_number(said) : 0;
    g_auto(GStrv) lines = g_strsplit(command->input ? command->input : "", "\n", -1);
    for (guint i = 0; i < number && lines[i]; i++) {
        const char *line = g_strchug(lines[i]);
        if (g_str_has_prefix(line, COMMENT))
            part = line + strlen(COMMENT);
    }
    return g_strdup(part);
}
