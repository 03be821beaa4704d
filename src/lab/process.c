/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tools and servers that a lab starts.
 */
#include "lab/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/sandbox.h"

static const struct {
    const char *tool;
    const char *package;
} packages[] = {
    {"ip", "iproute2"},
    {"tee", "coreutils"},
    {"nft", "nftables"},
    {"turnserver", "coturn"},
    {"dnsmasq", "dnsmasq-base"},
    {"unbound", "unbound"},
    {"nginx", "nginx-light and libnginx-mod-nchan"},
    {"squid", "squid"},
    {"microsocks", "microsocks"},
    {"sslsplit", "sslsplit"},
    {"tayga", "tayga"},
};

gboolean mp_process_check_tool(const char *tool, GError **error)
{
    g_autofree char *path = g_find_program_in_path(tool);
    if (path)
        return TRUE;
    const char *package = tool;
    for (guint i = 0; i < G_N_ELEMENTS(packages); i++)
        if (g_str_equal(packages[i].tool, tool))
            package = packages[i].package;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                "the lab needs \"%s\", which is not installed (Debian package %s)", tool, package);
    return FALSE;
}

/* A file in memory: unlike a pipe it takes and gives any amount without a reader. */
static int open_memory(const char *content, GError **error)
{
    int fd = memfd_create("mediapath-lab", MFD_CLOEXEC);
    gsize length = content ? strlen(content) : 0;
    if (fd >= 0 && write(fd, content ? content : "", length) == (gssize)length &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "no memory file: %s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static char *read_memory(int fd)
{
    char text[2000];
    gssize length = pread(fd, text, sizeof text, 0);
    return g_strchomp(g_strndup(text, (gsize)MAX(length, 0)));
}

static void set_up_tool(gpointer data)
{
    (void)data;
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void complain(const char *what)
{
    /* Neither allocates for so little: they may be called after fork(). */
    dprintf(STDERR_FILENO, "%s: %s\n", what, strerrordesc_np(errno));
    _exit(127);
}

static void write_proc(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        complain(path);
    close(fd);
}

/* In a user namespace of its own, where the caller has another number. */
static void stop_being_root(void)
{
    if (unshare(CLONE_NEWUSER) != 0)
        complain("user namespace");
    write_proc("/proc/self/setgroups", "deny");
    write_proc("/proc/self/uid_map", "65534 0 1\n");
    write_proc("/proc/self/gid_map", "65534 0 1\n");
}

static void cover_files(const MpServer *server)
{
    if (unshare(CLONE_NEWNS) != 0)
        complain("mount namespace");
    if (server->resolver && mount(server->resolver, "/etc/resolv.conf", NULL, MS_BIND, NULL) != 0)
        complain("/etc/resolv.conf");
    if (server->scratch &&
        mount("tmpfs", server->scratch, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700") != 0)
        complain(server->scratch);
}

/* What the child needs to know. */
typedef struct {
    const MpServer *server;
    pid_t keeper;
} Start;

static void set_up_server(gpointer data)
{
    const Start *start = data;
    const MpServer *server = start->server;
    set_up_tool(NULL);
    (void)setsid();
    if (server->resolver || server->scratch)
        cover_files(server);
    if (server->is_not_root)
        stop_being_root();
    /* Last: a change of credentials clears it. */
    if (!mp_sandbox_die_with(start->keeper))
        _exit(127);
}

static gboolean spawn(const char *const *argv, GSpawnChildSetupFunc set_up, Start *start, int input,
                      int output, GPid *pid, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (g_spawn_async_with_pipes_and_fds(
            NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, set_up, start, input,
            output, output, NULL, NULL, 0, pid, NULL, NULL, NULL, &reason))
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "cannot run \"%s\": %s", argv[0],
                reason->message);
    return FALSE;
}

static gboolean finish(const char *const *argv, GPid pid, int output, GError **error)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    g_autofree char *line = g_strjoinv(" ", (char **)argv);
    g_autofree char *said = read_memory(output);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "the lab's command \"%s\" failed: %s", line,
                said);
    return FALSE;
}

gboolean mp_process_run(const char *const *argv, const char *input, GError **error)
{
    if (!mp_process_check_tool(argv[0], error))
        return FALSE;
    int in = open_memory(input, error);
    int out = in < 0 ? -1 : open_memory(NULL, error);
    GPid pid = 0;
    gboolean is_done = out >= 0 && spawn(argv, set_up_tool, NULL, in, out, &pid, error) &&
                       finish(argv, pid, out, error);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return is_done;
}

gboolean mp_process_start(const MpServer *server, GPid *pid, GError **error)
{
    if (!mp_process_check_tool(server->argv[0], error))
        return FALSE;
    int log = open(server->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", server->log_path,
                    g_strerror(errno));
        return FALSE;
    }
    Start start = {.server = server, .keeper = getpid()};
    gboolean is_started = spawn(server->argv, set_up_server, &start, -1, log, pid, error);
    close(log);
    return is_started;
}
