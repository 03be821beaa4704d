/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Linux' own accounts of waiting and stolen time, proc(5).
 */
#include "base/strain.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The first line of /proc/stat: "cpu" and ten numbers. */
#define LINE 512
/* user nice system idle iowait irq softirq steal */
#define STEAL_COLUMN 7

/* The beginning of a file, as text. */
static gboolean read_start(const char *path, char text[LINE])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const gssize got = fd < 0 ? -1 : read(fd, text, LINE - 1);
    if (fd >= 0)
        close(fd);
    if (got <= 0)
        return FALSE;
    text[got] = '\0';
    return TRUE;
}

/* The number in that column, counted from 0; FALSE: there is none. */
static gboolean read_column(const char *numbers, guint column, guint64 *value)
{
    char *end = NULL;
    for (guint i = 0; i <= column; i++) {
        *value = g_ascii_strtoull(numbers, &end, 10);
        if (end == numbers)
            return FALSE;
        numbers = end;
    }
    return TRUE;
}

gboolean mp_strain_read(MpStrain *strain)
{
    char threads[LINE];
    char cores[LINE];
    guint64 waited;
    guint64 ticks;
    const long per_second = sysconf(_SC_CLK_TCK);
    const long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (per_second <= 0 || n_cores <= 0 || !read_start("/proc/thread-self/schedstat", threads) ||
        !read_start("/proc/stat", cores) || !read_column(threads, 1, &waited) ||
        !g_str_has_prefix(cores, "cpu ") ||
        !read_column(cores + strlen("cpu "), STEAL_COLUMN, &ticks))
        return FALSE;
    strain->run_queue = (MpTime)waited;
    strain->stolen = (MpTime)ticks * (MP_SEC(1) / per_second) / n_cores;
    return TRUE;
}
