/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A lab in namespaces. The forked process enters them, its child is process 1 in there and keeps
 * the lab; each dies with its parent, so that killing any of them ends everything.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/build.h"
#include "lab/emulated_links.h"
#include "lab/far_ends.h"
#include "lab/places.h"
#include "lab/process.h"
#include "lab/resolver.h"
#include "lab/sandbox.h"
#include "lab/services.h"
#include "lab/stage.h"

/* Where a user's PATH does not look, but ip and nft are. */
#define SYSTEM_TOOLS "/usr/sbin:/sbin"

static gboolean check_tools(GError **error)
{
    const char *path = g_getenv("PATH");
    g_autofree char *longer = g_strconcat(path ? path : "/usr/bin:/bin", ":" SYSTEM_TOOLS, NULL);
    g_setenv("PATH", longer, TRUE);
    return mp_process_check_tool("ip", error) && mp_process_check_tool("nft", error);
}

/* Says what the links' emulator has to say when the command is over. */
static void stop_links(const MpLabRun *run, MpEmulator *emulator)
{
    g_autofree char *warning = mp_emulated_links_stop(emulator);
    if (warning)
        mp_keeper_report(&run->keeper, MP_LAB_WARNING, 0, warning);
}

static gboolean play(const MpLabRun *run, GError **error)
{
    MpEmulator emulator;
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(run->network, MP_SANDBOX_DIRECTORY);
    if (!check_tools(error) || !mp_network_build(run->network, error) ||
        !mp_emulated_links_start(run->network, run->truth, &emulator, error))
        return FALSE;
    g_autofree char *description = mp_services_write_files(far_ends, run->network, error);
    if (!description || !mp_resolver_cover(far_ends, error) ||
        !mp_services_start(far_ends, run->network, &run->keeper, error) ||
        !mp_sandbox_join(MP_PLACE_CLIENT, error))
        return FALSE;

    g_setenv("MEDIAPATH_LAB", description, TRUE);
    gboolean has_run = mp_keeper_run(&run->keeper, run->argv, error);
    stop_links(run, &emulator);
    return has_run;
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
