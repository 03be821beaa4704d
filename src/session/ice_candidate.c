/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A candidate address of ICE as a value.
 */
#include "session/ice_candidate.h"

MpAddress mp_ice_candidate_address(const NiceAddress *nice)
{
    union {
        struct sockaddr_storage storage;
        struct sockaddr any;
    } from = {0};
    MpAddress address = {0};
    nice_address_copy_to_sockaddr(nice, &from.any);
    mp_address_from_sockaddr(&address, &from.any);
    return address;
}

MpIceCandidate mp_ice_candidate_describe(const NiceCandidate *candidate, gboolean is_remote)
{
    static const char *const types[] = {"host", "srflx", "prflx", "relay"};
    MpIceCandidate described = {
        .is_remote = is_remote,
        .type = types[candidate->type],
        .transport = candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP ? "udp" : "tcp",
        .address = mp_ice_candidate_address(&candidate->addr),
    };
    if (candidate->type != NICE_CANDIDATE_TYPE_HOST && !is_remote)
        described.related = mp_ice_candidate_address(&candidate->base_addr);
    return described;
}

GSList *mp_ice_candidate_parse(NiceAgent *agent, guint stream, guint component,
                               const GPtrArray *lines)
{
    GSList *list = NULL;
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *line = g_strconcat("a=", (const char *)lines->pdata[i], NULL);
        NiceCandidate *parsed = nice_agent_parse_remote_candidate_sdp(agent, stream, line);
        /* An mDNS name does not parse; libnice accepts priority 0 and then misbehaves. */
        if (parsed && parsed->component_id == component && parsed->priority > 0)
            list = g_slist_append(list, parsed);
        else if (parsed)
            nice_candidate_free(parsed);
    }
    return list;
}
