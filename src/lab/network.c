/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network as a value.
 */
#include "lab/network.h"

MpNetwork *mp_network_new(void)
{
    MpNetwork *network = g_new0(MpNetwork, 1);
    network->site = mp_site_new();
    network->carrier.firewall = mp_firewall_rules_new();
    network->carrier.dscp = -1;
    return network;
}

void mp_network_free(MpNetwork *network)
{
    if (!network)
        return;
    g_free(network->name);
    g_free(network->sentence_en);
    g_free(network->sentence_ja);
    mp_site_free(network->site);
    mp_site_free(network->second_site);
    g_ptr_array_unref(network->carrier.firewall);
    mp_link_free(network->link);
    g_strfreev(network->turn.forbidden);
    g_strfreev(network->expected_findings);
    g_free(network);
}

static gboolean turn_is_well(const MpLabTurn *turn)
{
    return turn->is_running && !turn->rejects_password &&
           turn->certificate == MP_CERTIFICATE_TRUSTED && turn->quota == 0 && !turn->forbidden &&
           !turn->has_other_relay_address;
}

gboolean mp_network_is_open(const MpNetwork *network)
{
    return mp_site_is_open(network->site) && !network->second_site && !network->link &&
           network->carrier.firewall->len == 0 && network->carrier.mtu.bytes == 0 &&
           network->carrier.dscp < 0 && turn_is_well(&network->turn) &&
           network->responder_is_running;
}
