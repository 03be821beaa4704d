/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A firewall rule as a generic line.
 */
#include "model/site_rule.h"

#include <string.h>

char *mp_site_rule(gboolean is_udp, const GPtrArray *to, const char *ports)
{
    GString *line = g_string_new(NULL);
    const gboolean has_several_ports = strchr(ports, ',') != NULL;
    g_string_append_printf(line, "allow out %s to %s", is_udp ? "udp" : "tcp",
                           to->len > 1 ? "{ " : "");
    for (guint i = 0; i < to->len; i++)
        g_string_append_printf(line, "%s%s", i ? ", " : "", (const char *)to->pdata[i]);
    g_string_append_printf(line, "%s port %s%s%s", to->len > 1 ? " }" : "",
                           has_several_ports ? "{ " : "", ports, has_several_ports ? " }" : "");
    return g_string_free(line, FALSE);
}
