/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Interfaces, system, processor and memory of this computer, from getifaddrs(3) and /proc.
 */
#include "engine/environment.h"

#include <ifaddrs.h>
#include <math.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/address.h"

/* Of 10 ms each: over a shorter span the share is noise. */
#define LEAST_TICKS 100

static char *read_text(const char *path)
{
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static guint read_mtu(const char *name)
{
    g_autofree char *path = g_strdup_printf("/sys/class/net/%s/mtu", name);
    g_autofree char *text = read_text(path);
    return text ? (guint)g_ascii_strtoull(text, NULL, 10) : 0;
}

static MpInterface *find_or_add(GPtrArray *interfaces, const char *name)
{
    for (guint i = 0; i < interfaces->len; i++) {
        MpInterface *known = interfaces->pdata[i];
        if (g_str_equal(known->name, name))
            return known;
    }
    MpInterface *interface = g_new0(MpInterface, 1);
    interface->name = g_strdup(name);
    interface->addresses = g_ptr_array_new_with_free_func(g_free);
    interface->mtu = read_mtu(name);
    g_ptr_array_add(interfaces, interface);
    return interface;
}

static void read_interfaces(GPtrArray *interfaces)
{
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) != 0)
        return;

    for (const struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
        MpAddress address;
        if (!(entry->ifa_flags & IFF_UP) || !entry->ifa_addr ||
            !mp_address_from_sockaddr(&address, entry->ifa_addr))
            continue;
        MpInterface *interface = find_or_add(interfaces, entry->ifa_name);
        g_ptr_array_add(interface->addresses, mp_address_to_ip_string(&address));
    }
    freeifaddrs(list);
}

/* "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-18-amd64". */
static char *read_os(void)
{
    g_autofree char *pretty = g_get_os_info(G_OS_INFO_KEY_PRETTY_NAME);
    struct utsname kernel;
    if (uname(&kernel) != 0)
        return g_steal_pointer(&pretty);
    return pretty ? g_strdup_printf("%s, %s %s", pretty, kernel.sysname, kernel.release)
                  : g_strdup_printf("%s %s", kernel.sysname, kernel.release);
}

double mp_memory_parse(const char *text, const char *name)
{
    g_autofree char *key = g_strconcat(name, ":", NULL);
    const char *line = text;
    while (line && !g_str_has_prefix(line, key)) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return line ? (double)g_ascii_strtoull(line + strlen(key), NULL, 10) / 1024.0 : NAN;
}

MpEnvironment *mp_environment_read(void)
{
    MpEnvironment *environment = mp_environment_new();
    g_autofree char *memory = read_text("/proc/meminfo");
    read_interfaces(environment->interfaces);
    environment->os = read_os();
    environment->cpu_cores = g_get_num_processors();
    environment->memory_total_mb = mp_memory_parse(memory, "MemTotal");
    environment->memory_available_mb = mp_memory_parse(memory, "MemAvailable");
    return environment;
}

MpCpuTime mp_cpu_time_parse(const char *text)
{
    /* user nice system idle iowait irq softirq steal; guest time is counted in user already. */
    enum { IDLE = 3, IOWAIT = 4, N_FIELDS = 8 };
    MpCpuTime time = {0};
    if (!text || !g_str_has_prefix(text, "cpu "))
        return time;

    const char *position = text + strlen("cpu ");
    for (guint i = 0; i < N_FIELDS; i++) {
        char *end = NULL;
        guint64 ticks = g_ascii_strtoull(position, &end, 10);
        if (end == position)
            return (MpCpuTime){0};
        time.total += ticks;
        time.idle += i == IDLE || i == IOWAIT ? ticks : 0;
        position = end;
    }
    return time;
}

MpCpuTime mp_cpu_time_read(void)
{
    g_autofree char *text = read_text("/proc/stat");
    return mp_cpu_time_parse(text);
}

MpCpuTime mp_cpu_time_less(MpCpuTime time, MpCpuTime part)
{
    return (MpCpuTime){.idle = time.idle - part.idle, .total = time.total - part.total};
}

double mp_cpu_headroom(MpCpuTime before, MpCpuTime after)
{
    if (before.total == 0 || after.total < before.total + LEAST_TICKS || after.idle < before.idle)
        return NAN;
    return (double)(after.idle - before.idle) / (double)(after.total - before.total);
}
