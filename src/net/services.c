/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRV records: the first name server that answers is believed.
 */
#include "net/services.h"

#include "base/clock.h"
#include "base/random.h"

/* For one name server: its first question and one more. */
#define ONE_SERVER MP_MSEC(1500)

/* RFC 1035 section 4.1.1: whatever else a name server says, it does not know. */
#define NO_ERROR 0
#define NO_SUCH_NAME 3

GArray *mp_net_find_services(const char *name, const MpNetLimit *limit, MpAddress *server,
                             gboolean *is_cut, MpNetStatus *status)
{
    g_autoptr(GArray) servers = mp_net_dns_servers();
    mp_net_fail(status, MP_NET_SILENT, "no name server answered");
    for (guint i = 0; i < servers->len && mp_clock_now() < limit->deadline; i++) {
        g_auto(MpDnsAnswer) answer = {0};
        MpTime took;
        const MpNetLimit until = {.deadline = MIN(limit->deadline, mp_clock_now() + ONE_SERVER),
                                  .cancellable = limit->cancellable};
        *server = g_array_index(servers, MpAddress, i);
        if (!mp_net_dns_ask(server, name, MP_DNS_SRV, &until, &answer, &took, status))
            continue;
        if (answer.rcode != NO_ERROR && answer.rcode != NO_SUCH_NAME) {
            const char *name_of_code = mp_dns_rcode_name(answer.rcode);
            mp_net_fail(status, MP_NET_REFUSED, "%s", name_of_code ? name_of_code : "");
            continue;
        }
        *status = (MpNetStatus){.outcome = MP_NET_DONE};
        *is_cut = answer.is_truncated;
        mp_dns_services_order(answer.services, mp_random_u32);
        return g_steal_pointer(&answer.services);
    }
    return NULL;
}
