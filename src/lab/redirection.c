/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Captive portal and TLS interception in nftables.
 */
#include "lab/redirection.h"

#include "lab/places.h"

static gboolean has_portal(const MpGateway *gateway)
{
    return gateway->site && gateway->site->has_portal;
}

static void append_interception(GString *text, const MpGateway *gateway)
{
    const GArray *ports = gateway->site->intercepted_ports;
    g_string_append_printf(text, "\t\t# %s: intercept_tls\n\t\t%s tcp dport { ", gateway->part,
                           gateway->from_lan);
    for (guint i = 0; i < ports->len; i++)
        g_string_append_printf(text, "%s%u", i ? ", " : "", g_array_index(ports, guint16, i));
    g_string_append_printf(text, " } redirect to :%d\n", MP_INTERCEPTION_PORT);
}

void mp_redirection_append_prerouting(GString *text, const MpGateway *gateway)
{
    if (has_portal(gateway))
        g_string_append_printf(text,
                               "\t\t# %s: captive_portal\n"
                               "\t\t%s tcp dport { 80, 443 } dnat to " MP_OFFICE_ADDRESS "\n",
                               gateway->part, gateway->from_lan);
    if (gateway->site && gateway->site->intercepted_ports->len > 0)
        append_interception(text, gateway);
}

void mp_redirection_append_forward(GString *text, const MpGateway *gateway)
{
    if (has_portal(gateway))
        g_string_append_printf(text,
                               "\t\t# %s: captive_portal\n"
                               "\t\t%s oifname \"dmz\" tcp dport { 80, 443 } accept\n"
                               "\t\t%s counter drop\n",
                               gateway->part, gateway->from_lan, gateway->from_lan);
}

/* Even behind a portal names are resolved. */
void mp_redirection_append_input(GString *text, const MpGateway *gateway)
{
    if (has_portal(gateway))
        g_string_append_printf(text,
                               "\t\t# %s: captive_portal\n"
                               "\t\t%s meta l4proto { tcp, udp } th dport 53 accept\n"
                               "\t\t%s counter drop\n",
                               gateway->part, gateway->from_lan, gateway->from_lan);
}
