/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Namespaces for a lab, as root or, in a user namespace, as anybody.
 */
#include "lab/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID)

static gboolean fail(const char *what, GError **error)
{
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", what, g_strerror(errno));
    return FALSE;
}

static gboolean write_proc(const char *path, const char *text, GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    gsize length = strlen(text);
    gboolean is_done = fd >= 0 && write(fd, text, length) == (gssize)length;
    if (!is_done)
        fail(path, error);
    if (fd >= 0)
        close(fd);
    return is_done;
}

/* user_namespaces(7): without privileges one user can be mapped, and no group list changed. */
static gboolean become_root_of_user_namespace(uid_t user, gid_t group, GError **error)
{
    g_autofree char *users = g_strdup_printf("0 %u 1\n", user);
    g_autofree char *groups = g_strdup_printf("0 %u 1\n", group);
    return write_proc("/proc/self/setgroups", "deny", error) &&
           write_proc("/proc/self/uid_map", users, error) &&
           write_proc("/proc/self/gid_map", groups, error);
}

gboolean mp_sandbox_enter(GError **error)
{
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(NAMESPACES) == 0)
        return TRUE;
    if (unshare(CLONE_NEWUSER | NAMESPACES) != 0)
        /* user_namespaces(7): the limit is what the kernel calls "no space". */
        return fail(errno == ENOSPC ? "user namespaces are forbidden here (the limit "
                                      "user.max_user_namespaces is reached)"
                                    : "user namespaces are forbidden here",
                    error);
    return become_root_of_user_namespace(user, group, error);
}

gboolean mp_sandbox_furnish(GError **error)
{
    const unsigned long flags = MS_NOSUID | MS_NODEV;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return fail("mounts cannot be made private", error);
    if (mount("proc", "/proc", "proc", flags | MS_NOEXEC, NULL) != 0)
        return fail("/proc cannot be mounted", error);
    if (mount("tmpfs", "/run", "tmpfs", flags, "mode=755") != 0)
        return fail("/run cannot be mounted", error);
    if (mkdir(MP_SANDBOX_DIRECTORY, 0700) != 0 ||
        mount("tmpfs", MP_SANDBOX_DIRECTORY, "tmpfs", flags | MS_NOEXEC, "mode=700,size=64m") != 0)
        return fail(MP_SANDBOX_DIRECTORY " cannot be mounted", error);
    return TRUE;
}

gboolean mp_sandbox_die_with(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

gboolean mp_sandbox_cover(const char *file, const char *with, GError **error)
{
    return mount(with, file, NULL, MS_BIND, NULL) == 0 || fail(file, error);
}

gboolean mp_sandbox_has(const char *name)
{
    g_autofree char *path = g_build_filename("/run/netns", name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean mp_sandbox_join(const char *name, GError **error)
{
    g_autofree char *path = g_build_filename("/run/netns", name, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean is_done = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
    if (!is_done)
        fail(path, error);
    if (fd >= 0)
        close(fd);
    return is_done;
}
