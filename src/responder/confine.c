/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Users, capabilities and seccomp.
 */
#include "responder/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

#define NOBODY 65534

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", what, g_strerror(errno));
    return FALSE;
}

/* In a user namespace that maps root alone there is no nobody: EINVAL; EPERM where groups are
 * denied. */
static gboolean become_nobody(void)
{
    return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
           setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* Never more than the process has. */
static gboolean keep_capabilities(guint32 wanted)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, held) != 0)
        return FALSE;
    guint32 kept = held[0].permitted & wanted;
    held[0] = (struct __user_cap_data_struct){.effective = kept, .permitted = kept};
    held[1] = (struct __user_cap_data_struct){0};
    return syscall(SYS_capset, &header, held) == 0;
}

/* A change of user clears the signal that comes when the parent dies; a parent that died meanwhile
 * sends none. */
static void become_nobody_for(pid_t parent)
{
    int signal_number = 0;
    (void)prctl(PR_GET_PDEATHSIG, &signal_number, 0, 0, 0);
    (void)become_nobody();
    (void)prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0);
    if (signal_number && getppid() != parent)
        (void)raise(signal_number);
}

gboolean mp_confine_privileges(MpConfine how, GError **error)
{
    guint32 kept = (how & MP_CONFINE_BUT_PRIORITY ? 1u << CAP_SYS_NICE : 0) |
                   (how & MP_CONFINE_BUT_BINDING ? 1u << CAP_NET_BIND_SERVICE : 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_KEEPCAPS, kept != 0, 0, 0, 0) != 0)
        return fail(error, "no new privileges");
    if (geteuid() == 0)
        become_nobody_for(getppid());
    return keep_capabilities(kept) || fail(error, "capabilities");
}

/* Without arguments to look at. */
static const int calls[] = {
    SCMP_SYS(read),       SCMP_SYS(write),         SCMP_SYS(close),
    SCMP_SYS(recvmmsg),   SCMP_SYS(recvmsg),       SCMP_SYS(sendmmsg),
    SCMP_SYS(sendmsg),    SCMP_SYS(epoll_wait),    SCMP_SYS(epoll_pwait),
    SCMP_SYS(futex),      SCMP_SYS(clock_gettime), SCMP_SYS(brk),
    SCMP_SYS(munmap),     SCMP_SYS(madvise),       SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),  SCMP_SYS(restart_syscall),
};

static gboolean allow(scmp_filter_ctx filter, int call, const struct scmp_arg_cmp *arguments,
                      guint n_arguments)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, n_arguments, arguments) == 0;
}

/* Memory that can be executed is not among what malloc() asks for. */
static gboolean allow_memory(scmp_filter_ctx filter)
{
    static const struct scmp_arg_cmp not_executable = {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    return allow(filter, SCMP_SYS(mmap), &not_executable, 1) &&
           allow(filter, SCMP_SYS(mremap), NULL, 0);
}

/* Whether an answer may be sent in fragments. */
static gboolean allow_fragmenting(scmp_filter_ctx filter)
{
    static const struct scmp_arg_cmp options[][2] = {
        {{1, SCMP_CMP_EQ, SOL_IP, 0}, {2, SCMP_CMP_EQ, IP_MTU_DISCOVER, 0}},
        {{1, SCMP_CMP_EQ, SOL_IPV6, 0}, {2, SCMP_CMP_EQ, IPV6_MTU_DISCOVER, 0}},
    };
    return allow(filter, SCMP_SYS(setsockopt), options[0], 2) &&
           allow(filter, SCMP_SYS(setsockopt), options[1], 2);
}

gboolean mp_confine_calls(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    gboolean is_done = filter && allow_memory(filter) && allow_fragmenting(filter);
    for (guint i = 0; i < G_N_ELEMENTS(calls) && is_done; i++)
        is_done = allow(filter, calls[i], NULL, 0);
    is_done = is_done && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return is_done || fail(error, "seccomp");
}
