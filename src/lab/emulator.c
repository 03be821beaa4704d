/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starts and ends the link emulator's process, which is a fork: what it needs it has already.
 */
#include "lab/emulator.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/punctual.h"
#include "lab/emulator_loop.h"
#include "lab/sandbox.h"

#define STOP_WITHIN MP_SEC(1)
#define STOP_STEP_US 1000

/* Both processes have it; only the child goes on with it. */
typedef struct {
    const MpEmulatedLink *links;
    guint n_lanes;
    GPtrArray *sockets;  /* of lane i: the interface that its frames arrive at */
    GArray *truth_lanes; /* MpTruthLane */
    MpEmulatorCounts *counts;
    int truth;
} Setup;

static void setup_clear(Setup *setup)
{
    g_clear_pointer(&setup->sockets, g_ptr_array_unref);
    g_clear_pointer(&setup->truth_lanes, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Setup, setup_clear)

static void free_socket(gpointer data)
{
    mp_frame_socket_free(data);
}

/* The sockets see every frame from here on. */
static gboolean open_sockets(Setup *setup, GError **error)
{
    setup->sockets = g_ptr_array_new_with_free_func(free_socket);
    setup->truth_lanes = g_array_new(FALSE, TRUE, sizeof(MpTruthLane));
    for (guint i = 0; i < setup->n_lanes; i++) {
        const MpEmulatedLink *link = &setup->links[i / 2];
        gboolean is_down = (i % 2) == 1;
        MpFrameSocket *socket = mp_frame_socket_new(
            is_down ? link->down_interface : link->up_interface, error);
        if (!socket)
            return FALSE;
        g_ptr_array_add(setup->sockets, socket);
        const MpTruthLane lane = {.link = link->name, .seed = link->link->seed, .is_down = is_down};
        g_array_append_val(setup->truth_lanes, lane);
    }
    return TRUE;
}

static void free_lane(gpointer data)
{
    mp_lane_free(data);
}

static GPtrArray *make_lanes(const Setup *setup, MpTime start, MpTruthLog *truth)
{
    GPtrArray *lanes = g_ptr_array_new_with_free_func(free_lane);
    for (guint i = 0; i < setup->n_lanes; i++) {
        const MpLink *link = setup->links[i / 2].link;
        const MpLaneEnds ends = {.index = i,
                                 .from = setup->sockets->pdata[i],
                                 .to = setup->sockets->pdata[i ^ 1],
                                 .truth = truth,
                                 .counts = setup->counts};
        g_ptr_array_add(lanes,
                        mp_lane_new(i % 2 ? &link->down : &link->up, link->seed, i, start, &ends));
    }
    return lanes;
}

static void conclude(const Setup *setup, GPtrArray *lanes, MpTruthLog *truth)
{
    MpEmulatorCounts *counts = setup->counts;
    g_autoptr(GPtrArray) tallies = g_ptr_array_new();
    for (guint i = 0; i < lanes->len; i++) {
        counts->overflows += mp_frame_socket_overflows(setup->sockets->pdata[i]);
        g_ptr_array_add(tallies, (gpointer)mp_lane_tally(lanes->pdata[i]));
    }
    counts->is_finished = TRUE;
    if (!truth)
        return;
    /* Until it is written: who reads it may never take it. */
    counts->truth_is_incomplete = TRUE;
    MpEmulatorReport report = mp_emulator_report(counts);
    counts->truth_is_incomplete = !mp_truth_log_finish(
        truth, (const MpLaneTally *const *)tallies->pdata, &report);
}

static void emulate(const Setup *setup, int control)
{
    MpTime start = mp_clock_now();
    MpTruthLog *truth =
        setup->truth < 0 ? NULL
                         : mp_truth_log_new(setup->truth,
                                            (const MpTruthLane *)(gpointer)setup->truth_lanes->data,
                                            setup->n_lanes, start);
    g_autoptr(GPtrArray) lanes = make_lanes(setup, start, truth);
    const MpEmulatorLoop loop = {.lanes = (MpLane **)lanes->pdata,
                                 .sockets = (MpFrameSocket **)setup->sockets->pdata,
                                 .n_lanes = setup->n_lanes,
                                 .control = control};
    mp_thread_be_punctual();
    mp_emulator_loop_run(&loop);
    conclude(setup, lanes, truth);
}

static pid_t fork_emulator(const Setup *setup, const int *control)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    close(control[1]);
    /* Ctrl-C is for the command; a reader of the truth that is gone is no reason to die. */
    (void)setsid();
    (void)prctl(PR_SET_NAME, MP_EMULATOR_PROCESS);
    (void)signal(SIGPIPE, SIG_IGN);
    if (mp_sandbox_die_with(parent))
        emulate(setup, control[0]);
    _exit(0);
}

static MpEmulatorCounts *share_counts(void)
{
    void *counts = mmap(NULL, sizeof(MpEmulatorCounts), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return counts == MAP_FAILED ? NULL : counts;
}

gboolean mp_emulator_start(const MpEmulatedLink *links, guint n_links, int truth,
                           MpEmulator *emulator, GError **error)
{
    int control[2];
    g_auto(Setup) setup = {.links = links, .n_lanes = 2 * n_links, .truth = truth};
    if (!open_sockets(&setup, error) || !g_unix_open_pipe(control, FD_CLOEXEC, error))
        return FALSE;
    setup.counts = share_counts();
    pid_t pid = setup.counts ? fork_emulator(&setup, control) : -1;
    close(control[0]);
    if (pid > 0) {
        *emulator = (MpEmulator){.pid = pid, .control = control[1], .counts = setup.counts};
        return TRUE;
    }
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "the link emulator cannot be started: %s",
                g_strerror(errno));
    close(control[1]);
    if (setup.counts)
        (void)munmap(setup.counts, sizeof *setup.counts);
    return FALSE;
}

/* Others may have waited for it before. */
static gboolean is_gone(pid_t pid)
{
    pid_t ended = waitpid(pid, NULL, WNOHANG);
    return ended == pid || (ended < 0 && errno == ECHILD);
}

gboolean mp_emulator_stop(MpEmulator *emulator, MpEmulatorReport *report)
{
    close(emulator->control);
    MpTime deadline = mp_clock_now() + STOP_WITHIN;
    while (!is_gone(emulator->pid)) {
        if (mp_clock_now() >= deadline)
            (void)kill(emulator->pid, SIGKILL);
        g_usleep(STOP_STEP_US);
    }
    gboolean is_finished = emulator->counts->is_finished;
    *report = mp_emulator_report(emulator->counts);
    (void)munmap(emulator->counts, sizeof *emulator->counts);
    *emulator = (MpEmulator){.control = -1};
    return is_finished;
}
