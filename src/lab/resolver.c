/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where commands in a lab look up host names.
 */
#include "lab/resolver.h"

#include <errno.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/sandbox.h"

static gboolean fail(const char *path, GError **error)
{
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

/* A machine's own /etc/resolv.conf is often a link into /run (systemd-resolved), which the lab has
 * emptied: makes the file that the link leads to. */
static gboolean mend_link(const char *link, GError **error)
{
    g_autofree char *target = g_file_read_link(link, NULL);
    if (!target || g_file_test(link, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autofree char *directory = g_path_get_dirname(link);
    g_autofree char *path = g_canonicalize_filename(target, directory);
    g_autofree char *parent = g_path_get_dirname(path);
    if (!g_str_has_prefix(path, "/run/"))
        return TRUE;
    if (g_mkdir_with_parents(parent, 0755) != 0)
        return fail(parent, error);
    return g_file_set_contents(path, "", 0, error);
}

/* Where the machine has no such file: an /etc of the lab's own, whose other entries lead to the
 * machine's. */
static gboolean make_file(const char *name, GError **error)
{
    g_autofree char *file = g_build_filename("/etc", name, NULL);
    const char *machine = "/run/etc";
    if (g_file_test(file, G_FILE_TEST_EXISTS))
        return TRUE;
    if (g_mkdir_with_parents(machine, 0755) != 0 ||
        mount("/etc", machine, NULL, MS_BIND, NULL) != 0 ||
        mount("tmpfs", "/etc", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0)
        return fail("/etc", error);
    g_autoptr(GDir) entries = g_dir_open(machine, 0, error);
    if (!entries)
        return FALSE;
    for (const char *entry; (entry = g_dir_read_name(entries));) {
        g_autofree char *from = g_build_filename("/etc", entry, NULL);
        g_autofree char *to = g_build_filename(machine, entry, NULL);
        g_autofree char *link = g_file_read_link(to, NULL);
        if (!g_str_equal(entry, name) && symlink(link ? link : to, from) != 0)
            return fail(from, error);
    }
    return g_file_set_contents(file, "", 0, error);
}

static gboolean cover(const MpFarEnds *far_ends, const char *name, GError **error)
{
    g_autofree char *file = g_build_filename("/etc", name, NULL);
    g_autofree char *with = mp_far_ends_path(far_ends, name);
    return mend_link(file, error) && make_file(name, error) && mp_sandbox_cover(file, with, error);
}

gboolean mp_resolver_cover(const MpFarEnds *far_ends, GError **error)
{
    return cover(far_ends, "hosts", error) && cover(far_ends, "resolv.conf", error);
}
