/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of probes.
 */
#include "probe/probe.h"

static const MpProbe probes[] = {
    {"stun", mp_probe_stun},
    {"nat", mp_probe_nat},
    {"turn", mp_probe_turn},
    {"media", mp_probe_media},
    {"web", mp_probe_web},
    {"computer", mp_probe_computer},
    {"nat-lifetime", mp_probe_nat_lifetime},
    {"path", mp_probe_path},
    {"ports", mp_probe_ports_sweep},
    {"ports-relay", mp_probe_ports_relay},
    {"ports-walk", mp_probe_ports_walk},
};

const MpProbe *mp_probe_find(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(probes); i++)
        if (g_str_equal(probes[i].kind, kind))
            return &probes[i];
    return NULL;
}
