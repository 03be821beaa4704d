/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the link emulator between two interfaces of the caller's network namespace, until its
 * standard input ends; prints what it used and how punctual it was. Or takes the offloads from the
 * interfaces at the other ends of these wires.
 *
 *   emulate NETWORK.yaml UP_INTERFACE DOWN_INTERFACE
 *   emulate plain
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/emulator.h"
#include "lab/interface_plain.h"
#include "lab/network.h"

/* A line such as "VmHWM:  1234 kB" of /proc/PID/status; 0 when there is none. */
static long read_status_kb(pid_t pid, const char *key)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    const char *line = g_strstr_len(text, -1, key);
    return line ? atol(line + strlen(key)) : 0;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 2 && g_str_equal(argv[1], "plain"))
        return mp_interface_plain_all(&error) ? 0 : 3;
    if (argc != 4) {
        g_printerr("usage: emulate NETWORK.yaml UP_INTERFACE DOWN_INTERFACE | plain\n");
        return 2;
    }
    g_autoptr(MpNetwork) network = mp_network_load(argv[1], &error);
    MpEmulator emulator;
    const MpEmulatedLink link = {.link = network ? network->link : NULL,
                                 .name = "site",
                                 .up_interface = argv[2],
                                 .down_interface = argv[3]};
    if (!network || !mp_interface_plain(argv[2], &error) || !mp_interface_plain(argv[3], &error) ||
        !mp_emulator_start(&link, 1, -1, &emulator, &error)) {
        g_printerr("%s\n", error->message);
        return 3;
    }
    printf("up\n");
    (void)fflush(stdout);
    (void)getchar();

    long memory_kb = read_status_kb(emulator.pid, "VmHWM:");
    MpEmulatorReport report;
    gboolean is_finished = mp_emulator_stop(&emulator, &report);
    printf("{\"memory_kb\": %ld, \"packets\": %" G_GUINT64_FORMAT ", \"late_p50_ms\": %.3f, "
           "\"late_p99_ms\": %.3f, \"late_max_ms\": %.3f, \"overflows\": %" G_GUINT64_FORMAT
           ", \"spoiled\": %s}\n",
           memory_kb, report.packets, report.late_p50_ms, report.late_p99_ms, report.late_max_ms,
           report.overflows, report.is_spoiled ? "true" : "false");
    return is_finished ? 0 : 1;
}
