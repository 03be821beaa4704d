/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network's commands, run one after the other.
 */
#include "lab/build.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "lab/process.h"
#include "lab/topology.h"

#define TUNNEL_DEVICE "/dev/net/tun"

/* NAT64 is a process behind a device; in a user namespace nobody can make that device's file. */
static gboolean check_tunnels(const MpNetwork *network, GError **error)
{
    if (network->site->ip != MP_SITE_IPV6_NAT64)
        return TRUE;
    int fd = open(TUNNEL_DEVICE, O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        close(fd);
        return TRUE;
    }
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                "network \"%s\": site: ip: IPv6-only needs " TUNNEL_DEVICE
                ", which this user cannot open: %s",
                network->name, g_strerror(errno));
    return FALSE;
}

static gboolean run(const MpNetwork *network, const MpLabCommand *command, GError **error)
{
    const char *const *argv = (const char *const *)command->argv;
    g_autoptr(GError) reason = NULL;
    if (!mp_process_check_tool(argv[0], error))
        return FALSE;
    if (mp_process_run(argv, command->input, &reason))
        return TRUE;
    g_autofree char *part = mp_lab_command_part(command, reason->message);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                "network \"%s\": %s: this kernel cannot do it: %s", network->name, part,
                reason->message);
    return FALSE;
}

gboolean mp_network_build(const MpNetwork *network, GError **error)
{
    g_autoptr(GPtrArray) commands = mp_topology_commands(network);
    if (!check_tunnels(network, error))
        return FALSE;
    for (guint i = 0; i < commands->len; i++)
        if (!run(network, g_ptr_array_index(commands, i), error))
            return FALSE;
    return TRUE;
}
