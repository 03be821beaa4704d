/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Children and their time limits.
 */
#include "matrix/cell_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

#define TAIL_BYTES 1500

struct _MpCellProcess {
    GPid pid; /* also its process group */
    guint watch;
    char *log;
    gsize log_start; /* where this run's text begins */
    char *wait_mark;
    MpTime started;
    MpTime seen;     /* of the last tick */
    MpTime deadline; /* moves on while it waits for its turn */
    MpTime killed;   /* when it gets no more mercy; 0: nobody asked it to end */
    MpCellExit how;
    MpCellEnded ended;
    gpointer user_data;
};

/* Its own process group, so that Ctrl-C is ours alone and all of it can be killed. */
static void set_up_child(gpointer data)
{
    const pid_t *parent = data;
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != *parent)
        _exit(127);
}

static void on_exit_of_child(GPid pid, int status, gpointer user_data)
{
    MpCellProcess *process = user_data;
    /* Whatever it left in its group. */
    (void)kill(-pid, SIGKILL);
    g_spawn_close_pid(pid);
    process->watch = 0;
    process->how.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    process->how.took = mp_clock_now() - process->started;
    process->ended(&process->how, process->user_data);
}

static char **make_environment(const MpCellProcessConfig *config)
{
    char **environment = g_get_environ();
    environment = g_environ_unsetenv(environment, "MEDIAPATH_LAB");
    environment = g_environ_setenv(environment, "MEDIAPATH_MEASUREMENT_LOCK", config->lock, TRUE);
    return g_environ_setenv(environment, "MEDIAPATH_MEASUREMENT_WAIT", config->wait_mark, TRUE);
}

static int open_log(const char *path, gsize *start, GError **error)
{
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", path, g_strerror(errno));
    off_t end = log >= 0 ? lseek(log, 0, SEEK_END) : 0;
    *start = (gsize)MAX(end, 0);
    return log;
}

MpCellProcess *mp_cell_process_start(const MpCellProcessConfig *config, GError **error)
{
    gsize log_start = 0;
    int log = open_log(config->log, &log_start, error);
    if (log < 0)
        return NULL;
    g_auto(GStrv) environment = make_environment(config);
    g_autoptr(GError) reason = NULL;
    pid_t parent = getpid();
    GPid pid = 0;
    gboolean is_started = g_spawn_async_with_pipes_and_fds(
        NULL, config->argv, (const char *const *)environment, G_SPAWN_DO_NOT_REAP_CHILD,
        set_up_child, &parent, -1, log, log, NULL, NULL, 0, &pid, NULL, NULL, NULL, &reason);
    close(log);
    if (!is_started) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "a cell cannot be started: %s",
                    reason->message);
        return NULL;
    }
    MpCellProcess *process = g_new0(MpCellProcess, 1);
    process->pid = pid;
    process->log = g_strdup(config->log);
    process->log_start = log_start;
    process->wait_mark = g_strdup(config->wait_mark);
    process->started = process->seen = mp_clock_now();
    process->deadline = process->started + config->deadline;
    process->ended = config->ended;
    process->user_data = config->user_data;
    process->watch = g_child_watch_add(pid, on_exit_of_child, process);
    return process;
}

void mp_cell_process_free(MpCellProcess *process)
{
    if (!process)
        return;
    g_assert(process->watch == 0);
    g_free(process->log);
    g_free(process->wait_mark);
    g_free(process);
}

/* To the lab alone, which passes it on: the check would take a second one for impatience. */
static void ask_to_end(MpCellProcess *process)
{
    if (process->killed || !process->watch)
        return;
    (void)kill(process->pid, SIGTERM);
    process->killed = mp_clock_now() + MP_CELL_GRACE;
}

void mp_cell_process_end(MpCellProcess *process)
{
    process->how.is_cut = TRUE;
    ask_to_end(process);
}

/* The check holds a lock on its mark while it waits for its turn to measure. */
static gboolean is_waiting(const MpCellProcess *process)
{
    int fd = open(process->wait_mark, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return FALSE;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    gboolean is_held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return is_held;
}

void mp_cell_process_tick(MpCellProcess *process, MpTime now)
{
    if (!process->watch)
        return;
    if (is_waiting(process))
        process->deadline += now - process->seen;
    process->seen = now;
    if (process->killed && now >= process->killed) {
        (void)kill(-process->pid, SIGKILL);
    } else if (!process->killed && now >= process->deadline) {
        process->how.is_hung = TRUE;
        ask_to_end(process);
    }
}

char *mp_cell_process_tail(const MpCellProcess *process)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(process->log, &text, &length, NULL) || length <= process->log_start)
        return g_strdup("");
    gsize start = MAX(process->log_start, length - MIN(length, TAIL_BYTES));
    g_autofree char *valid = g_utf8_make_valid(text + start, (gssize)(length - start));
    g_auto(GStrv) lines = g_strsplit(g_strstrip(valid), "\n", -1);
    return g_strjoinv(" | ", lines);
}
