/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which way the ports are had, and the processes that have them. The lean way is one process with
 * raw sockets. Bound sockets need more than one process may have: the range is cut into slices.
 */
#include "responder/reflect.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"
#include "responder/confine.h"
#include "responder/port_bits.h"
#include "responder/reflect_quiet.h"
#include "responder/reflect_worker.h"

/* Descriptors of a process besides its ports. */
#define OTHER_FILES 64
#define MOST_PORTS_OF_A_PROCESS 16384
#define MOST_WORKERS 64
/* The kernel's memory for a bound socket with its place in an epoll, measured. */
#define KB_OF_A_SOCKET 3

typedef struct {
    pid_t pid;
    int report; /* text that ends with a 0, then silence until the process ends */
    GSource *source;
} Worker;

struct _MpReflect {
    const MpReflectConfig *config;
    MpStampShared *shared;
    int control; /* the workers end when this end of the pipe closes */
    Worker workers[MOST_WORKERS];
    guint n_workers;
    guint16 media_first;
    guint16 media_last;
    char *description;
    void (*died)(gpointer data);
    gpointer died_data;
};

/* What a worker has to do. */
typedef struct {
    MpReflect *reflect;
    gboolean is_lean;
    guint first_port;
    guint n_ports;
    int control; /* read end */
    int report;
    pid_t parent;
} Task;

/* A worker. */

static gboolean open_sockets(const Task *task, GArray *sockets, const char **remark, GError **error)
{
    const MpReflectConfig *config = task->reflect->config;
    guint8 *served = task->reflect->shared->served;
    if (!task->is_lean)
        return mp_reflect_open_bound(sockets, served, task->first_port, task->n_ports, error);
    if (!mp_reflect_open_raw(sockets, config->first_port, config->last_port, error))
        return FALSE;
    /* The descriptor stays open as long as the process: that is the table's life. */
    if (mp_reflect_quiet(NULL) < 0)
        *remark = "; without CAP_NET_ADMIN the kernel adds an ICMP error now and then";
    return TRUE;
}

static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static gboolean confine(const Task *task, GError **error)
{
    if (task->reflect->config->is_confined && !mp_confine_privileges(MP_CONFINE_ALL, error))
        return FALSE;
    /* After the change of user, which clears it. A parent that went before is seen too. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != task->parent)
        _exit(1);
    return !task->reflect->config->is_confined || mp_confine_calls(error);
}

static void say(const Task *task, char code, const char *text)
{
    g_autofree char *message = g_strdup_printf("%c%s", code, text);
    gssize written = write(task->report, message, strlen(message) + 1);
    (void)written; /* a parent that is gone needs no report */
}

static MpReflectWorker *new_worker(const Task *task, const GArray *sockets,
                                   MpStampReflector *reflector, GError **error)
{
    MpReflectWorker *worker = mp_reflect_worker_new(sockets, task->control, reflector);
    if (!worker)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "an epoll of %u sockets: %s",
                    sockets->len, g_strerror(errno));
    return worker;
}

static void be_worker(const Task *task)
{
    g_autoptr(GError) error = NULL;
    const char *remark = "";
    GArray *sockets = mp_reflect_sockets_new();
    MpReflectWorker *worker = NULL;
    MpStampReflector reflector = {task->reflect->config->keys, task->reflect->shared};
    close(task->reflect->control);
    /* The terminal's Ctrl-C is for the parent, which then closes the pipe. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    raise_limit();
    if (!open_sockets(task, sockets, &remark, &error) ||
        !(worker = new_worker(task, sockets, &reflector, &error)) || !confine(task, &error)) {
        say(task, '-', error->message);
        _exit(1);
    }
    say(task, '+', remark);
    mp_reflect_worker_run(worker);
    _exit(0);
}

/* Their parent. */

static gboolean start_worker(MpReflect *reflect, Task task, GError **error)
{
    int report[2];
    if (!g_unix_open_pipe(report, FD_CLOEXEC, error))
        return FALSE;
    /* What stdio holds back would else be written twice. */
    (void)fflush(NULL);
    task.report = report[1];
    task.parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        be_worker(&task);
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "no process for the reflector: %s",
                    g_strerror(errno));
        return FALSE;
    }
    reflect->workers[reflect->n_workers++] = (Worker){.pid = pid, .report = report[0]};
    return TRUE;
}

/* Its remark; NULL with an error. */
static char *wait_for(const Worker *worker, GError **error)
{
    GString *text = g_string_new(NULL);
    char byte = 0;
    gssize got;
    while ((got = read(worker->report, &byte, 1)) == 1 && byte != '\0')
        g_string_append_c(text, byte);
    g_autofree char *message = g_string_free(text, FALSE);
    if (got == 1 && message[0] == '+')
        return g_strdup(message + 1);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "the reflector needs %s",
                got == 1 ? message + 1 : "a process that lives");
    return NULL;
}

static void stop_workers(MpReflect *reflect)
{
    if (reflect->control >= 0)
        close(reflect->control);
    reflect->control = -1;
    for (guint i = 0; i < reflect->n_workers; i++) {
        Worker *worker = &reflect->workers[i];
        if (worker->source) {
            g_source_destroy(worker->source);
            g_source_unref(worker->source);
        }
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        close(worker->report);
    }
    reflect->n_workers = 0;
}

static gboolean start_all(MpReflect *reflect, const Task *tasks, guint n_tasks, char **remark,
                          GError **error)
{
    int control[2];
    if (!g_unix_open_pipe(control, FD_CLOEXEC, error))
        return FALSE;
    reflect->control = control[1];
    gboolean is_done = TRUE;
    for (guint i = 0; i < n_tasks && is_done; i++) {
        Task task = tasks[i];
        task.control = control[0];
        is_done = start_worker(reflect, task, error);
    }
    close(control[0]);
    for (guint i = 0; i < reflect->n_workers && is_done; i++) {
        g_free(*remark);
        *remark = wait_for(&reflect->workers[i], error);
        is_done = *remark != NULL;
    }
    if (!is_done)
        stop_workers(reflect);
    return is_done;
}

static gboolean start_lean(MpReflect *reflect, GError **error)
{
    const MpReflectConfig *config = reflect->config;
    const Task task = {.reflect = reflect, .is_lean = TRUE};
    g_autofree char *remark = NULL;
    mp_port_bits_set_range(reflect->shared->served, config->first_port, config->last_port, TRUE);
    if (!start_all(reflect, &task, 1, &remark, error))
        return FALSE;
    reflect->description = g_strdup_printf("STAMP on UDP %u-%u of every address, by raw sockets%s",
                                           config->first_port, config->last_port, remark);
    return TRUE;
}

/* What bound sockets shall not have: some ports of the kernel's choice, or nothing on this machine
 * could send a datagram any more. Media that may be everywhere gets these too. */
static void spare(MpReflect *reflect, guint8 *bits)
{
    const MpReflectConfig *config = reflect->config;
    guint16 first;
    guint16 last;
    mp_port_headroom(&first, &last);
    if (config->media_first <= config->first_port && config->media_last >= config->last_port) {
        reflect->media_first = first;
        reflect->media_last = last;
    }
    mp_port_bits_set_range(bits, first, last, FALSE);
    mp_port_bits_set_range(bits, reflect->media_first, reflect->media_last, FALSE);
    mp_bit_put(bits, config->spared_port, FALSE);
}

static guint ports_of_a_process(void)
{
    struct rlimit limit = {.rlim_max = 1024};
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t most = limit.rlim_max > OTHER_FILES ? limit.rlim_max - OTHER_FILES : 1;
    /* Slices begin at whole bytes of the map that the workers share. */
    return MAX((guint)MIN(most, MOST_PORTS_OF_A_PROCESS) & ~7u, 8);
}

static void describe_bound(MpReflect *reflect, guint n_wanted)
{
    const MpReflectConfig *config = reflect->config;
    guint n_served = mp_port_bits_count(reflect->shared->served, config->first_port,
                                        config->last_port);
    reflect->description = g_strdup_printf(
        "STAMP on %u of the UDP ports %u-%u of every address, by bound sockets in %u processes, "
        "about %u MB of the kernel's memory; left alone: %u of our own media, STUN and %d of the "
        "kernel's choice, %u of other programs",
        n_served, config->first_port, config->last_port, reflect->n_workers,
        n_served * KB_OF_A_SOCKET / 1024 + 1,
        (guint)config->last_port - config->first_port + 1 - n_wanted, MP_PORT_HEADROOM,
        n_wanted - n_served);
}

static gboolean start_bound(MpReflect *reflect, GError **error)
{
    const MpReflectConfig *config = reflect->config;
    guint8 *wanted = reflect->shared->served;
    g_autofree char *remark = NULL;
    Task tasks[MOST_WORKERS];
    guint n_tasks = 0;
    guint slice = ports_of_a_process();
    mp_port_bits_set_range(wanted, config->first_port, config->last_port, TRUE);
    spare(reflect, wanted);
    guint n_wanted = mp_port_bits_count(wanted, config->first_port, config->last_port);
    for (guint port = config->first_port & ~7u; port <= config->last_port; port += slice) {
        guint n_ports = MIN(slice, (guint)config->last_port + 1 - port);
        if (n_tasks == MOST_WORKERS) {
            g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                        "more than %d processes would be needed for UDP %u-%u with %u files each "
                        "(ulimit -Hn)",
                        MOST_WORKERS, config->first_port, config->last_port, slice);
            return FALSE;
        }
        tasks[n_tasks++] = (Task){.reflect = reflect, .first_port = port, .n_ports = n_ports};
    }
    if (!start_all(reflect, tasks, n_tasks, &remark, error))
        return FALSE;
    describe_bound(reflect, n_wanted);
    return TRUE;
}

static gboolean start(MpReflect *reflect, GError **error)
{
    g_autoptr(GError) reason = NULL;
    MpReflectWay way = reflect->config->way;
    if (way == MP_REFLECT_SOCKETS)
        return start_bound(reflect, error);
    if (start_lean(reflect, &reason))
        return TRUE;
    if (way == MP_REFLECT_LEAN) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    memset(reflect->shared->served, 0, sizeof reflect->shared->served);
    return start_bound(reflect, error);
}

MpReflect *mp_reflect_new(const MpReflectConfig *config, GError **error)
{
    /* Zeros that cost nothing until they are written. */
    MpStampShared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "no memory for the reflector: %s",
                    g_strerror(errno));
        return NULL;
    }
    mp_stamp_shared_init(shared, MP_STAMP_PER_SECOND, MP_STAMP_BURST);
    MpReflect *reflect = g_new0(MpReflect, 1);
    reflect->config = config;
    reflect->shared = shared;
    reflect->control = -1;
    reflect->media_first = config->media_first;
    reflect->media_last = config->media_last;
    gboolean is_started = start(reflect, error);
    reflect->config = NULL; /* of the caller */
    if (is_started)
        return reflect;
    mp_reflect_free(reflect);
    return NULL;
}

void mp_reflect_free(MpReflect *reflect)
{
    if (!reflect)
        return;
    stop_workers(reflect);
    (void)munmap(reflect->shared, sizeof *reflect->shared);
    g_free(reflect->description);
    g_free(reflect);
}

void mp_reflect_get_media(const MpReflect *reflect, guint16 *first, guint16 *last)
{
    *first = reflect->media_first;
    *last = reflect->media_last;
}

const char *mp_reflect_describe(const MpReflect *reflect)
{
    return reflect->description;
}

/* A worker says no more than its first line: what comes then is the end of the pipe. */
static gboolean on_end(gint fd, GIOCondition condition, gpointer user_data)
{
    (void)fd;
    (void)condition;
    MpReflect *reflect = user_data;
    reflect->died(reflect->died_data);
    return G_SOURCE_REMOVE;
}

void mp_reflect_watch(MpReflect *reflect, void (*died)(gpointer data), gpointer data)
{
    reflect->died = died;
    reflect->died_data = data;
    for (guint i = 0; i < reflect->n_workers; i++) {
        Worker *worker = &reflect->workers[i];
        worker->source = g_unix_fd_source_new(worker->report, G_IO_HUP | G_IO_IN);
        /* GLib declares the callback of every source as GSourceFunc. */
        g_source_set_callback(worker->source, (GSourceFunc)(void (*)(void))on_end, reflect, NULL);
        g_source_attach(worker->source, g_main_context_get_thread_default());
    }
}
