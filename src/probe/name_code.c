/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a name has no address.
 */
#include "probe/name_code.h"

#include "base/clock.h"
#include "net/dns.h"

#define LONGEST MP_MSEC(500)

guint mp_name_code(const char *host, const MpNetLimit *limit)
{
    const MpNetLimit brief = {MIN(limit->deadline, mp_clock_now() + LONGEST), limit->cancellable};
    g_autoptr(GArray) servers = mp_net_dns_servers();
    for (guint i = 0; i < servers->len && mp_clock_now() < brief.deadline; i++) {
        MpNetStatus status = {0};
        MpTime took = 0;
        g_auto(MpDnsAnswer) answer = {0};
        if (mp_net_dns_ask(&g_array_index(servers, MpAddress, i), host, MP_DNS_A, &brief, &answer,
                           &took, &status))
            return answer.rcode;
    }
    return 0;
}
