/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parent's side of a lab: forks the process that keeps it, passes signals on, and waits.
 */
#include "lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/far_ends.h"
#include "lab/link_text.h"
#include "lab/sandbox.h"
#include "lab/services.h"
#include "lab/stage.h"
#include "lab/topology.h"

/* What people and supervisors end a program with. */
static const int passed_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

typedef struct {
    int control; /* write; -1: the keeper has been told to end */
    int report;  /* read */
    int signals;
    gboolean is_running;
    int interrupted_by; /* a signal before the command ran; 0: none */
    MpLabReport last;   /* type 0: none came */
} Watch;

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A signal that the terminal sent (SI_KERNEL) has reached the command too, which shares our process
 * group: it must not get it twice. */
static void handle_signal(Watch *watch)
{
    struct signalfd_siginfo info;
    if (read(watch->signals, &info, sizeof info) != sizeof info)
        return;
    guint8 number = (guint8)info.ssi_signo;
    if (!watch->is_running) {
        watch->interrupted_by = number;
        close_end(&watch->control);
    } else if (info.ssi_code != SI_KERNEL && watch->control >= 0) {
        gssize written = write(watch->control, &number, 1);
        (void)written; /* the command has just ended */
    }
}

/* FALSE at the end of the reports. */
static gboolean handle_report(Watch *watch)
{
    MpLabReport report;
    if (read(watch->report, &report, sizeof report) != sizeof report)
        return FALSE;
    if (report.type == MP_LAB_RUNNING)
        watch->is_running = TRUE;
    else if (report.type == MP_LAB_WARNING)
        g_printerr("mediapath: %s\n", report.text);
    else
        watch->last = report;
    return TRUE;
}

static void watch_until_over(Watch *watch)
{
    struct pollfd fds[] = {
        {.fd = watch->report, .events = POLLIN},
        {.fd = watch->signals, .events = POLLIN},
    };
    gboolean is_over = FALSE;
    while (!is_over) {
        if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno != EINTR)
            return;
        if (fds[1].revents)
            handle_signal(watch);
        if (fds[0].revents)
            is_over = !handle_report(watch);
    }
}

static int block_signals(sigset_t *previous)
{
    sigset_t passed;
    sigemptyset(&passed);
    for (guint i = 0; i < G_N_ELEMENTS(passed_signals); i++)
        sigaddset(&passed, passed_signals[i]);
    (void)sigprocmask(SIG_BLOCK, &passed, previous);
    return signalfd(-1, &passed, SFD_CLOEXEC);
}

static pid_t fork_keeper(MpStage stage, MpLabRun *run, const Watch *watch)
{
    /* What stdio holds back would else be written twice. */
    (void)fflush(NULL);
    pid_t keeper = fork();
    if (keeper != 0)
        return keeper;
    close(watch->control);
    close(watch->report);
    stage(run);
    _exit(0);
}

/* Forks the keeper and stays with it to its end. */
static gboolean run_on(MpStage stage, const MpNetwork *network, const char *const *argv, int truth,
                       Watch *watch, GError **error)
{
    int control[2];
    int report[2];
    if (!g_unix_open_pipe(control, FD_CLOEXEC, error))
        return FALSE;
    if (!g_unix_open_pipe(report, FD_CLOEXEC, error)) {
        close(control[0]);
        close(control[1]);
        return FALSE;
    }

    MpLabRun run = {.network = network, .argv = argv, .parent = getpid(), .truth = truth};
    run.keeper.control = control[0];
    run.keeper.report = report[1];
    *watch = (Watch){.control = control[1], .report = report[0]};
    watch->signals = block_signals(&run.keeper.command_mask);
    pid_t keeper = fork_keeper(stage, &run, watch);
    if (keeper < 0)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "cannot start the lab: %s",
                    g_strerror(errno));
    close(control[0]);
    close(report[1]);
    if (keeper > 0)
        watch_until_over(watch);
    close_end(&watch->control);
    close_end(&watch->report);
    if (keeper > 0)
        (void)waitpid(keeper, NULL, 0);
    close_end(&watch->signals);
    (void)sigprocmask(SIG_SETMASK, &run.keeper.command_mask, NULL);
    return keeper > 0;
}

/* The command's exit status, or -1 with an error. */
static int conclude(const Watch *watch, GError **error)
{
    if (watch->interrupted_by)
        return 128 + watch->interrupted_by;
    if (watch->last.type == MP_LAB_EXITED)
        return watch->last.code;
    if (watch->last.type == 0)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "the lab was killed");
    else
        g_set_error(error, MP_ERROR,
                    watch->last.type == MP_LAB_FAILED ? watch->last.code : MP_ERROR_UNAVAILABLE,
                    "%s", watch->last.text);
    return -1;
}

static int run_on_loopback(const MpNetwork *network, const char *const *argv, gboolean wants_truth,
                           const char *why, GError **error)
{
    if (!mp_network_is_open(network) || wants_truth) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s \"%s\" needs namespaces, and %s",
                    wants_truth ? "the truth of network" : "network", network->name, why);
        return -1;
    }
    g_printerr("mediapath: %s: the lab's servers run on 127.0.0.1, so NAT, firewall and the "
               "addresses of row 3-1 are not shown\n",
               why);
    Watch watch;
    return run_on(mp_stage_loopback, network, argv, -1, &watch, error) ? conclude(&watch, error)
                                                                       : -1;
}

int mp_lab_run(const MpNetwork *network, const char *const *argv, int truth, GError **error)
{
    g_return_val_if_fail(network && argv && argv[0], -1);
    if (g_strcmp0(g_getenv(MP_LAB_LOOPBACK_VARIABLE), "1") == 0)
        return run_on_loopback(network, argv, truth >= 0, MP_LAB_LOOPBACK_VARIABLE "=1", error);

    Watch watch;
    if (!run_on(mp_stage_namespaces, network, argv, truth, &watch, error))
        return -1;
    if (watch.last.type == MP_LAB_FORBIDDEN && !watch.interrupted_by)
        return run_on_loopback(network, argv, truth >= 0, watch.last.text, error);
    return conclude(&watch, error);
}

char *mp_lab_plan(const MpNetwork *network)
{
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, MP_SANDBOX_DIRECTORY);
    g_autoptr(GPtrArray) commands = mp_topology_commands(network);
    g_autofree char *topology = mp_topology_to_text(commands);
    g_autofree char *links = mp_link_text(network);
    g_autofree char *services = mp_services_plan(far_ends, network);
    return g_strconcat(topology, links, services, NULL);
}

char *mp_lab_describe(const MpNetwork *network)
{
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, MP_SANDBOX_DIRECTORY);
    g_autofree char *json = mp_far_ends_describe(far_ends);
    return g_strconcat(json, "\n", NULL);
}
