/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of every packet, as `mediapath check --packets` wrote it, for the result that it
 * belongs to.
 */
#pragma once

#include "model/result.h"

/* A packet without the kernel's stamp has that of its burst, and may stand behind others of it:
 * none left earlier than the one before it by more. */
#define MP_PACKETS_LONGEST_BURST MP_SEC(1)

/* Into packets_up and packets_down of the measurements that the file names, in place of what they
 * had. Without the lines that tell when a measurement began, its first packet left in 1970. "-" is
 * standard input. FALSE with MP_ERROR_INPUT "FILE:LINE:COLUMN: what was found, what was expected";
 * then nothing is changed. */
gboolean mp_packets_read(const char *path, MpResult *result, GError **error);

/* The same of a text; `name` stands for FILE in messages. */
gboolean mp_packets_parse(const char *name, const char *text, gsize length, MpResult *result,
                          GError **error);
