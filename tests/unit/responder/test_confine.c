/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a confined process can still do, and what it cannot. Each test confines a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "responder/confine.h"

#define DONE 42
#define FORBIDDEN 43

static int status_of(void (*act)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        act();
        _exit(FORBIDDEN);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

static void open_file(void)
{
    if (!mp_confine_calls(NULL))
        _exit(DONE);
    (void)open("/dev/null", O_RDONLY);
}

static void open_socket(void)
{
    if (!mp_confine_calls(NULL))
        _exit(DONE);
    (void)socket(AF_INET, SOCK_DGRAM, 0);
}

static void start_process(void)
{
    if (!mp_confine_calls(NULL))
        _exit(DONE);
    (void)fork();
}

static void set_other_option(void)
{
    const int on = 1;
    if (!mp_confine_calls(NULL))
        _exit(DONE);
    (void)setsockopt(0, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

static void test_forbidden_calls_kill(void)
{
    static void (*const acts[])(void) = {open_file, open_socket, start_process, set_other_option};
    for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
        int status = status_of(acts[i]);
        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
    }
}

static void work_on(void)
{
    int ends[2];
    char byte = 'x';
    if (pipe(ends) != 0 || !mp_confine_calls(NULL))
        _exit(1);
    if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1 || mp_clock_now() <= 0)
        _exit(2);
    g_free(g_malloc(10 * 1024 * 1024));
    close(ends[0]);
    _exit(DONE);
}

/* Its run-time makes calls of its own when a process ends. */
static gboolean has_address_sanitizer(void)
{
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
    return TRUE;
#endif
#endif
    return FALSE;
}

static void test_work_goes_on(void)
{
    if (has_address_sanitizer()) {
        g_test_skip("the sanitizer's own calls are not allowed");
        return;
    }
    int status = status_of(work_on);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, DONE);
}

/* CAP_NET_RAW and CAP_SETUID are what root had. */
static void lose_privileges(void)
{
    int signal_number = 0;
    if (prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0) != 0 ||
        !mp_confine_privileges(MP_CONFINE_ALL, NULL))
        _exit(1);
    /* Without it the lab's responder would outlive a lab that is killed. */
    if (prctl(PR_GET_PDEATHSIG, &signal_number, 0, 0, 0) != 0 || signal_number != SIGUSR1)
        _exit(5);
    if (socket(AF_INET, SOCK_RAW, IPPROTO_UDP) >= 0 || errno != EPERM)
        _exit(2);
    if (geteuid() != 0 && (setresuid(0, 0, 0) == 0 || errno != EPERM))
        _exit(3);
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        _exit(4);
    _exit(DONE);
}

static void test_privileges_are_lost(void)
{
    int status = status_of(lose_privileges);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, DONE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/responder/confine/forbidden-calls-kill", test_forbidden_calls_kill);
    g_test_add_func("/responder/confine/work-goes-on", test_work_goes_on);
    g_test_add_func("/responder/confine/privileges-are-lost", test_privileges_are_lost);
    return g_test_run();
}
