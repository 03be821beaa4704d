/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The stand-in where namespaces are forbidden: the servers on 127.0.0.1. No kernel takes down what
 * this process has made, so it outlives its parent for as long as that takes.
 */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/far_ends.h"
#include "lab/services.h"
#include "lab/stage.h"

static gboolean play(const MpLabRun *run, const char *directory, GError **error)
{
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new_loopback(run->network, directory, error);
    g_autofree char *description = far_ends ? mp_services_write_files(far_ends, run->network, error)
                                            : NULL;
    if (!description || !mp_services_start(far_ends, run->network, &run->keeper, error))
        return FALSE;
    g_setenv("MEDIAPATH_LAB", description, TRUE);
    return mp_keeper_run(&run->keeper, run->argv, error);
}

/* TRUE when there was any. */
static gboolean kill_children(void)
{
    g_autofree char *list = NULL;
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", getpid());
    if (!g_file_get_contents(path, &list, NULL, NULL))
        return FALSE;
    gboolean found = FALSE;
    g_auto(GStrv) pids = g_strsplit(list, " ", -1);
    for (guint i = 0; pids[i]; i++) {
        pid_t pid = (pid_t)g_ascii_strtoll(pids[i], NULL, 10);
        found = (pid > 0 && kill(pid, SIGKILL) == 0) || found;
    }
    return found;
}

static void remove_directory(const char *directory)
{
    g_autoptr(GDir) listing = g_dir_open(directory, 0, NULL);
    for (const char *name; listing && (name = g_dir_read_name(listing));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

void mp_stage_loopback(MpLabRun *run)
{
    /* Out of reach of what a terminal or a kill sends to the parent's group; the command stays in
     * that group. Orphans of the command come here. */
    run->keeper.command_group = getpgrp();
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);

    g_autoptr(GError) error = NULL;
    g_autofree char *directory = g_dir_make_tmp("mediapath-lab-XXXXXX", &error);
    if (!directory || !play(run, directory, &error))
        mp_keeper_report_error(&run->keeper, error);

    while (kill_children())
        (void)waitpid(-1, NULL, 0);
    if (directory)
        remove_directory(directory);
}
