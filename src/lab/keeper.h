/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that keeps a lab: what it hears from its parent and tells it, and the command.
 *
 * The parent holds the other ends. What it writes to `control` is the number of a signal for the
 * command; that it is gone, or wants no more, is the end of that pipe.
 */
#pragma once

#include <glib.h>
#include <signal.h>
#include <sys/types.h>

typedef enum {
    MP_LAB_FORBIDDEN = 1, /* the kernel lets us make no namespaces; `text` says at which step */
    MP_LAB_FAILED,        /* `code` is an MpErrorCode, `text` the message */
    MP_LAB_RUNNING,       /* the command has begun; more follows */
    MP_LAB_EXITED,        /* `code` is the command's exit status */
    MP_LAB_WARNING,       /* `text` is for people; the lab goes on, or has ended well */
} MpLabReportType;

/* Small enough for one atomic write to a pipe. */
typedef struct {
    gint32 type;
    gint32 code;
    char text[4000];
} MpLabReport;

G_STATIC_ASSERT(sizeof(MpLabReport) <= 4096);

typedef struct {
    int control;           /* read */
    int report;            /* write */
    sigset_t command_mask; /* the signal mask that the parent had, for the command */
    pid_t command_group;   /* process group for the command; 0: its parent's */
} MpKeeper;

void mp_keeper_report(const MpKeeper *keeper, MpLabReportType type, int code, const char *text);
void mp_keeper_report_error(const MpKeeper *keeper, const GError *error);

/* Waits for at most `milliseconds`. FALSE when the parent wants no more. */
gboolean mp_keeper_wait(const MpKeeper *keeper, int milliseconds);

/* Runs the command to its end or the parent's, and reports it. FALSE with MP_ERROR_INPUT when it
 * cannot be started. */
gboolean mp_keeper_run(const MpKeeper *keeper, const char *const *argv, GError **error);
