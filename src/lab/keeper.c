/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that keeps a lab while the command runs. As process 1 of its namespace it also
 * inherits every orphan.
 */
#include "lab/keeper.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/sandbox.h"

void mp_keeper_report(const MpKeeper *keeper, MpLabReportType type, int code, const char *text)
{
    MpLabReport report = {.type = type, .code = code};
    g_strlcpy(report.text, text, sizeof report.text);
    /* A parent that is gone needs no report. */
    gssize written = write(keeper->report, &report, sizeof report);
    (void)written;
}

void mp_keeper_report_error(const MpKeeper *keeper, const GError *error)
{
    int code = error->domain == MP_ERROR ? error->code : MP_ERROR_UNAVAILABLE;
    mp_keeper_report(keeper, MP_LAB_FAILED, code, error->message);
}

gboolean mp_keeper_wait(const MpKeeper *keeper, int milliseconds)
{
    struct pollfd control = {.fd = keeper->control, .events = POLLIN};
    return poll(&control, 1, milliseconds) <= 0;
}

/* What the child needs to know. */
typedef struct {
    const MpKeeper *keeper;
    pid_t pid; /* the keeper's */
} Start;

/* Without a lab the command has nothing to do. */
static void set_up_command(gpointer data)
{
    const Start *start = data;
    const MpKeeper *keeper = start->keeper;
    if (keeper->command_group)
        (void)setpgid(0, keeper->command_group);
    (void)sigprocmask(SIG_SETMASK, &keeper->command_mask, NULL);
    if (!mp_sandbox_die_with(start->pid))
        _exit(127);
}

static gboolean start_command(const MpKeeper *keeper, const char *const *argv, GPid *command,
                              GError **error)
{
    g_autoptr(GError) reason = NULL;
    Start start = {.keeper = keeper, .pid = getpid()};
    GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH |
                        G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_LEAVE_DESCRIPTORS_OPEN;
    if (g_spawn_async(NULL, (char **)argv, NULL, flags, set_up_command, &start, command, &reason))
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "cannot run \"%s\": %s", argv[0], reason->message);
    return FALSE;
}

/* Takes every ended child. TRUE with the command's exit status when it is among them. */
static gboolean reap(GPid command, int *exit_status)
{
    gboolean is_over = FALSE;
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != command)
            continue;
        is_over = TRUE;
        *exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return is_over;
}

/* FALSE at the end of the pipe. */
static gboolean pass_signal_on(const MpKeeper *keeper, GPid command)
{
    guint8 number = 0;
    if (read(keeper->control, &number, 1) != 1)
        return FALSE;
    (void)kill(command, number);
    return TRUE;
}

static void drain(int signals)
{
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info)
        ;
}

static void watch(const MpKeeper *keeper, GPid command, int signals)
{
    struct pollfd fds[] = {
        {.fd = keeper->control, .events = POLLIN},
        {.fd = signals, .events = POLLIN},
    };
    int exit_status = 0;
    while (!reap(command, &exit_status)) {
        if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno != EINTR)
            return;
        if (fds[0].revents && !pass_signal_on(keeper, command))
            return;
        if (fds[1].revents)
            drain(signals);
    }
    mp_keeper_report(keeper, MP_LAB_EXITED, exit_status, "");
}

gboolean mp_keeper_run(const MpKeeper *keeper, const char *const *argv, GError **error)
{
    /* Before the command starts: its end must not slip through. */
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, NULL);
    int signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    g_assert(signals >= 0);

    GPid command = 0;
    gboolean is_started = start_command(keeper, argv, &command, error);
    if (is_started) {
        mp_keeper_report(keeper, MP_LAB_RUNNING, 0, "");
        watch(keeper, command, signals);
    }
    close(signals);
    return is_started;
}
