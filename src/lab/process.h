/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tools and servers that a lab starts.
 */
#pragma once

#include <glib.h>

#include "lab/keeper.h"

/* FALSE with MP_ERROR_UNAVAILABLE when it is not installed; the message names its package. */
gboolean mp_process_check_tool(const char *tool, GError **error);

/* Runs a tool to its end, with `input` as its standard input (NULL: none). FALSE with
 * MP_ERROR_UNAVAILABLE: it is not installed, or what it complained about. */
gboolean mp_process_run(const char *const *argv, const char *input, GError **error);

/* How a server is started. */
typedef struct {
    const char *const *argv;
    const char *log_path;
    const char *resolver; /* stands in for /etc/resolv.conf, for this server; NULL: does not */
    const char *scratch;  /* a directory that is an empty one of its own for it; NULL: none */
    gboolean is_not_root; /* another user, without privileges, who owns the caller's files */
} MpServer;

/* Starts it in a session of its own, so that Ctrl-C does not reach it; it dies with the keeper, and
 * writes to the file `log_path`. FALSE with MP_ERROR_UNAVAILABLE. */
gboolean mp_process_start(const MpServer *server, GPid *pid, GError **error);
