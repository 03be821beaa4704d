/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A lab in namespaces. The forked process enters them, its child is process 1 in there and keeps
 * the lab; each dies with its parent, so that killing any of them ends everything.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/far_ends.h"
#include "lab/places.h"
#include "lab/process.h"
#include "lab/sandbox.h"
#include "lab/services.h"
#include "lab/stage.h"
#include "lab/topology.h"

/* Where a user's PATH does not look, but ip and nft are. */
#define SYSTEM_TOOLS "/usr/sbin:/sbin"

static gboolean check_tools(GError **error)
{
    const char *path = g_getenv("PATH");
    g_autofree char *longer = g_strconcat(path ? path : "/usr/bin:/bin", ":" SYSTEM_TOOLS, NULL);
    g_setenv("PATH", longer, TRUE);
    return mp_process_check_tool("ip", error) && mp_process_check_tool("nft", error);
}

static gboolean build_network(const MpNetwork *network, GError **error)
{
    g_autoptr(GPtrArray) commands = mp_topology_commands(network);
    for (guint i = 0; i < commands->len; i++) {
        const MpLabCommand *command = g_ptr_array_index(commands, i);
        if (!mp_process_run((const char *const *)command->argv, command->input, error))
            return FALSE;
    }
    return TRUE;
}

/* Host names work in the lab and no question for another one waits for an answer. */
static gboolean cover_resolver_files(const MpFarEnds *far_ends, GError **error)
{
    g_autofree char *hosts = mp_far_ends_path(far_ends, "hosts");
    g_autofree char *resolver = mp_far_ends_path(far_ends, "resolv.conf");
    return mp_sandbox_cover("/etc/hosts", hosts, error) &&
           (!g_file_test("/etc/resolv.conf", G_FILE_TEST_EXISTS) ||
            mp_sandbox_cover("/etc/resolv.conf", resolver, error));
}

static gboolean play(const MpLabRun *run, GError **error)
{
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(run->network, MP_SANDBOX_DIRECTORY);
    if (!check_tools(error) || !build_network(run->network, error))
        return FALSE;
    g_autofree char *description = mp_services_write_files(far_ends, run->network, error);
    if (!description || !cover_resolver_files(far_ends, error) ||
        !mp_sandbox_join(MP_PLACE_INTERNET, error) ||
        !mp_services_start(far_ends, run->network, &run->keeper, error) ||
        !mp_sandbox_join(MP_PLACE_CLIENT, error))
        return FALSE;

    g_setenv("MEDIAPATH_LAB", description, TRUE);
    return mp_keeper_run(&run->keeper, run->argv, error);
}

static void be_process_one(const MpLabRun *run)
{
    g_autoptr(GError) error = NULL;
    /* The parent may have died before its death could be a signal; process 1 sees no parent. */
    if (!mp_sandbox_die_with(0) || !mp_keeper_wait(&run->keeper, 0))
        return;
    if (!mp_sandbox_furnish(&error))
        mp_keeper_report(&run->keeper, MP_LAB_FORBIDDEN, 0, error->message);
    else if (!play(run, &error))
        mp_keeper_report_error(&run->keeper, error);
}

void mp_stage_namespaces(MpLabRun *run)
{
    g_autoptr(GError) error = NULL;
    if (!mp_sandbox_enter(&error)) {
        mp_keeper_report(&run->keeper, MP_LAB_FORBIDDEN, 0, error->message);
        return;
    }
    /* Only now: a change of credentials would have cleared it. */
    if (!mp_sandbox_die_with(run->parent))
        return;

    pid_t one = fork();
    if (one == 0) {
        be_process_one(run);
        _exit(0);
    }
    if (one < 0)
        mp_keeper_report(&run->keeper, MP_LAB_FORBIDDEN, 0, "no process namespace");
    else
        (void)waitpid(one, NULL, 0);
}
